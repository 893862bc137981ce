// Names that headers of other people define as macros, and all of std's in the open: core.hpp must stand them before it.
namespace std {}
using namespace std;

// Arduino's cores, which undefine none of them for C++.
#define min(a, b) ((a) < (b) ? (a) : (b))
#define max(a, b) ((a) > (b) ? (a) : (b))
#define abs(x) ((x) > 0 ? (x) : -(x))
#define round(x) ((x) >= 0 ? (long)((x) + 0.5) : (long)((x) - 0.5))
#define constrain(amt, low, high) ((amt) < (low) ? (low) : ((amt) > (high) ? (high) : (amt)))
#define sq(x) ((x) * (x))
#define bit(b) (1UL << (b))
#define word(...) makeWord(__VA_ARGS__)
#define F(string) (string)
#define PI 3.1415926535897932384626433832795
#define DEFAULT 1
#define EXTERNAL 0
#define INTERNAL 3
#define INPUT 0x0
#define OUTPUT 0x1
#define HIGH 0x1
#define LOW 0x0
#define B0 0
#define B1 1
#define B10 2
// <complex.h>, <ctype.h> of newlib, <sys/sysmacros.h>, <termios.h>.
#define I _Complex_I
#define complex _Complex
#define _U 01
#define _L 02
#define _N 04
#define _S 010
#define _P 020
#define _C 040
#define _X 0100
#define _B 0200
#define major(dev) gnu_dev_major(dev)
#define minor(dev) gnu_dev_minor(dev)
#define ECHO 0000010
// <windows.h>.
#define near
#define far
#define small char
#define interface struct
#define IN
#define OUT
#define OPTIONAL
#define CONST const
#define ERROR 0
#define TRUE 1
#define FALSE 0
#define DELETE (0x00010000L)
// Xlib.
#define None 0L
#define Bool int
#define Status int
#define True 1
#define False 0
#define Success 0
#define Always 2
#define Complex 0
// A program's own.
#define EPSILON 1e-6f
#define SIZE 8
#define ALPHA 0.5f
