// Elementary functions whose results are the same on every machine: plain binary64 arithmetic in a fixed order,
// no libm. Error below 1e-15 relative (absolute near zeros), so a result rounded to binary32 is the nearest
// float except for about one argument in a million.
#pragma once

namespace pestle::elementary {

double exp(double x);
double expm1(double x);
double log(double x);
double tanh(double x);
double erf(double x);
double sin(double x);  // sin and cos: absolute error below 1e-15 for |x| < 2^50, beyond that only determined
double cos(double x);
double pow(double x, double y);
double atan2(double y, double x);  // in [-pi, pi]

inline double logistic(double x) { return 1.0 / (1.0 + exp(-x)); }

}  // namespace pestle::elementary
