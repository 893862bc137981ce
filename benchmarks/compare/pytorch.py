#!/usr/bin/env python3
"""PyTorch as its tutorials write it. pytorch.py DIRECTORY eager|compile"""
import sys

import peer

try:
    import torch
    from torch import nn
except ImportError:
    peer.end_missing("PyTorch")

torch.set_num_threads(1)
COMPILED = sys.argv[2:] == ["compile"]
if COMPILED and not hasattr(torch, "compile"):
    peer.end_missing("torch.compile, of PyTorch 2,")
if COMPILED:
    # One step function serves all tasks.
    torch._dynamo.config.recompile_limit = 100


def network(data):
    """A Sequential with the data's parameters."""
    kernels, biases = data.parameters[::2], data.parameters[1::2]
    if data.is_lenet:
        layers = [nn.Conv2d(1, 6, 5, padding=2), nn.ReLU(), nn.MaxPool2d(2), nn.Conv2d(6, 16, 5), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten(),
                  nn.Linear(400, 120), nn.ReLU(), nn.Linear(120, 84), nn.ReLU(), nn.Linear(84, 10)]
    else:
        layers = []
        for kernel in kernels:
            layers += [nn.Linear(*kernel.shape), nn.Tanh() if data.activation == "tanh" else nn.ReLU()]
        if not data.last_activation:
            layers.pop()
    learned = [layer for layer in layers if isinstance(layer, (nn.Linear, nn.Conv2d))]
    with torch.no_grad():
        for layer, kernel, bias in zip(learned, kernels, biases):
            weights = torch.from_numpy(kernel.copy())
            if isinstance(layer, nn.Conv2d):
                weights = weights.permute(3, 2, 0, 1)
            elif data.is_lenet and kernel.shape[0] == 400:
                # Keras flattens (height, width, channels), PyTorch (channels, height, width).
                weights = weights.reshape(5, 5, 16, -1).permute(3, 2, 0, 1).reshape(-1, 400)
            else:
                weights = weights.T
            layer.weight.copy_(weights)
            layer.bias.copy_(torch.from_numpy(bias.copy()))
    return nn.Sequential(*layers)


def inputs(data, x):
    x = torch.from_numpy(x.copy())
    return x.permute(0, 3, 1, 2).contiguous() if data.is_lenet else x


def start_training(data, method, _checking):
    net = network(data)
    if method == "sgd":
        optimizer = torch.optim.SGD(net.parameters(), lr=data.sgd_rate)
    else:
        optimizer = torch.optim.Adam(net.parameters(), lr=data.adam["rate"], betas=(data.adam["beta_1"], data.adam["beta_2"]),
                                     eps=data.adam["epsilon"])
    judge = nn.functional.cross_entropy if data.classifies else nn.functional.mse_loss

    def loss_of(x, y):
        return judge(net(x), y)

    update = optimizer.step
    if COMPILED:
        loss_of, update = torch.compile(loss_of), torch.compile(lambda: optimizer.step())

    def step(x, y):
        optimizer.zero_grad()
        loss = loss_of(x, y)
        loss.backward()
        update()
        return loss.item()

    def prepare(x, y):
        y = torch.from_numpy(y.copy())
        return inputs(data, x), y.long() if data.classifies else y

    return step, prepare


def start_answer(data):
    net = network(data)
    if data.classifies:
        net.append(nn.Softmax(1)) if hasattr(net, "append") else net.add_module("softmax", nn.Softmax(1))
    net.eval()
    net = torch.compile(net) if COMPILED else torch.jit.freeze(torch.jit.script(net))

    def answer(x):
        with torch.inference_mode():
            return net(torch.from_numpy(x).permute(0, 3, 1, 2) if data.is_lenet else torch.from_numpy(x)).numpy()

    return answer


program = peer.Peer("PyTorch, torch.compile" if COMPILED else "PyTorch", torch.__version__)
program.all_tasks(start_training, start_answer)
program.serve()
