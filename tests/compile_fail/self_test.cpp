// Breaks every rule of check.py, which must notice each.
// expect: words that no compiler says
int two_errors = undeclared;
int more = unknown;
