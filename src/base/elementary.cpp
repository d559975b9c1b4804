#include "base/elementary.h"

#include <bit>
#include <cmath>
#include <cstdint>
#include <limits>

namespace pestle::elementary {
namespace {

constexpr double kInf = std::numeric_limits<double>::infinity();
// ln 2 in two parts: the first has 21 trailing zero bits, so k * kLn2High is exact for |k| < 2^20.
constexpr double kLn2High = 0x1.62e42fee00000p-1;
constexpr double kLn2Low = 0x1.a39ef35793c76p-33;

double scale_by_power_of_two(double x, int k) { return std::ldexp(x, k); }

// exp(r) - 1 for |r| <= ln(2)/2 by its Taylor series: the first omitted term is below 1e-18 relative.
double expm1_reduced(double r) {
  double sum = 0.0;
  for (int n = 17; n >= 2; --n) sum = (sum + 1.0) * r / n;
  return r * (1.0 + sum);
}

}  // namespace

double exp(double x) {
  if (std::isnan(x)) return x;
  if (x > 709.8) return kInf;
  if (x < -745.2) return 0.0;
  const double k = std::floor(x * 0x1.71547652b82fep0 + 0.5);
  const double r = (x - k * kLn2High) - k * kLn2Low;
  return scale_by_power_of_two(1.0 + expm1_reduced(r), static_cast<int>(k));
}

double expm1(double x) {
  if (std::fabs(x) <= 0.34) return expm1_reduced(x);
  return exp(x) - 1.0;
}

double log(double x) {
  if (std::isnan(x) || x < 0.0) return std::numeric_limits<double>::quiet_NaN();
  if (x == 0.0) return -kInf;
  if (x == kInf) return x;
  int k = 0;
  double m = std::frexp(x, &k);  // [0.5, 1)
  if (m < 0.70710678118654752440) {
    m *= 2.0;
    --k;
  }
  // log(m) = 2 atanh(s), s = (m-1)/(m+1), |s| <= 0.1716: terms fall by 0.0295 each.
  const double s = (m - 1.0) / (m + 1.0);
  const double z = s * s;
  double sum = 0.0;
  for (int n = 23; n >= 3; n -= 2) sum = (sum + 1.0 / n) * z;
  return k * kLn2High + (2.0 * s * (1.0 + sum) + k * kLn2Low);
}

double tanh(double x) {
  const double a = std::fabs(x);
  if (a > 22.0) return std::copysign(1.0, x);
  const double e = expm1(-2.0 * a);
  return std::copysign(-e / (e + 2.0), x);
}

double erf(double x) {
  if (std::isnan(x)) return x;
  const double a = std::fabs(x);
  if (a > 6.0) return std::copysign(1.0, x);
  const double z = x * x;
  if (a < 2.5) {
    // erf(x) = 2/sqrt(pi) exp(-x^2) sum_n 2^n x^(2n+1) / (1*3*...*(2n+1)): all terms positive.
    double sum = 0.0;
    for (int n = 60; n >= 1; --n) sum = (sum + 1.0) * 2.0 * z / (2 * n + 1);
    return 1.1283791670955125739 * x * exp(-z) * (1.0 + sum);
  }
  // erfc(a) = exp(-a^2) / (a sqrt(pi)) * 1/(1+ (1/2a^2)/(1+ (2/2a^2)/(1+ ...))), Laplace's continued fraction.
  double fraction = 1.0;
  for (int n = 80; n >= 1; --n) fraction = 1.0 + (n / (2.0 * z)) / fraction;
  const double erfc = exp(-z) * 0.56418958354775628695 / (a * fraction);
  return std::copysign(1.0 - erfc, x);
}

namespace {

// x = quadrant * pi/2 + rest, |rest| <= pi/4.
struct Angle {
  double rest = 0.0;
  int quadrant = 0;
};

Angle reduce_angle(double x) {
  // pi/2 in three parts of 53 bits each.
  constexpr double kHalfPi[] = {0x1.921fb54442d18p+0, 0x1.1a62633145c07p-54, -0x1.f1976b7ed8fbcp-110};
  const double turns = std::floor(x * 0.63661977236758134308 + 0.5);
  double rest = x;
  for (const double part : kHalfPi) rest = std::fma(-turns, part, rest);
  const double quadrant = turns - 4.0 * std::floor(turns / 4.0);
  return {rest, static_cast<int>(quadrant)};
}

// Taylor series for |r| <= pi/4; the first omitted term is below 1e-20.
double sin_of(double r) {
  const double z = r * r;
  double sum = 0.0;
  for (int n = 20; n >= 2; n -= 2) sum = -(1.0 + sum) * z / (n * (n + 1));
  return r + r * sum;
}

double cos_of(double r) {
  const double z = r * r;
  double sum = 0.0;
  for (int n = 19; n >= 1; n -= 2) sum = -(1.0 + sum) * z / (n * (n + 1));
  return 1.0 + sum;
}

// sin(x + quadrants * pi/2)
double sin_shifted(double x, int quadrants) {
  if (!std::isfinite(x)) return std::numeric_limits<double>::quiet_NaN();
  const Angle angle = reduce_angle(x);
  const int quadrant = (angle.quadrant + quadrants) % 4;
  const double value = quadrant % 2 == 0 ? sin_of(angle.rest) : cos_of(angle.rest);
  return quadrant < 2 ? value : -value;
}

}  // namespace

double sin(double x) { return sin_shifted(x, 0); }
double cos(double x) { return sin_shifted(x, 1); }

double pow(double x, double y) {
  if (y == 0.0) return 1.0;
  if (x == 0.0) return y < 0.0 ? kInf : 0.0;
  const bool integral = y == std::floor(y);
  if (integral && std::fabs(y) <= 64.0) {
    double result = 1.0;
    for (int i = 0; i < static_cast<int>(std::fabs(y)); ++i) result *= x;
    return y < 0.0 ? 1.0 / result : result;
  }
  if (x < 0.0) {
    if (!integral) return std::numeric_limits<double>::quiet_NaN();
    const double magnitude = exp(y * log(-x));
    return std::fmod(y, 2.0) == 0.0 ? magnitude : -magnitude;
  }
  return exp(y * log(x));
}

namespace {

// atan(k / 8)
constexpr double kAtanOfEighths[] = {0.0,
                                     0.12435499454676144,
                                     0.24497866312686414,
                                     0.35877067027057225,
                                     0.4636476090008061,
                                     0.5585993153435624,
                                     0.6435011087932844,
                                     0.7188299996216245,
                                     0.7853981633974483};

// For 0 <= x <= 1: atan(x) = atan(c) + atan((x - c) / (1 + x c)), c the nearest eighth. |t| <= 1/16, so that the first
// omitted term is below 1e-24.
double atan_of_unit(double x) {
  const double k = std::floor(x * 8.0 + 0.5);
  const double c = k / 8.0;
  const double t = (x - c) / (1.0 + x * c);
  const double z = t * t;
  double sum = 0.0;
  for (int n = 17; n >= 3; n -= 2) sum = (1.0 / n - sum) * z;
  return kAtanOfEighths[static_cast<int>(k)] + t * (1.0 - sum);
}

}  // namespace

double atan2(double y, double x) {
  constexpr double kPi = 0x1.921fb54442d18p+1;
  if (std::isnan(x) || std::isnan(y)) return std::numeric_limits<double>::quiet_NaN();
  const double a = std::fabs(x), b = std::fabs(y);
  double angle = 0.0;  // in the first quadrant
  if (a == b) {
    angle = a == 0.0 ? 0.0 : kPi / 4;
  } else {
    angle = b < a ? atan_of_unit(b / a) : kPi / 2 - atan_of_unit(a / b);
  }
  return std::copysign(std::signbit(x) ? kPi - angle : angle, y);
}

}  // namespace pestle::elementary
