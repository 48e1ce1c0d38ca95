"""The special functions in 60-digit arithmetic (mpmath), by methods other than ours: only
series of positive terms, with as many digits as the cancellation of 1 - P takes."""
from math import comb

from mpmath import mp, mpf, exp, log, log1p, loggamma, gamma, psi, erfc, inf, pi, sqrt

mp.dps = 60
LOWER, UPPER, LOG_LOWER, LOG_UPPER = range(4)


def give(small, is_upper, tail):
    """The tail asked for, from one of the two."""
    upper, logarithm = tail in (UPPER, LOG_UPPER), tail >= LOG_LOWER
    if upper == is_upper:
        return log(small) if logarithm else small
    return log1p(-small) if logarithm else 1 - small


def sum_ratios(ratio, limit=10 ** 7):
    """1 + r(0) + r(0) r(1) + ..."""
    term, total = mpf(1), mpf(1)
    for k in range(limit):
        r = ratio(k)
        term *= r
        total += term
        if r < 1 and term * r / (1 - r) < total * mpf(10) ** -(mp.dps - 5):
            return total
    raise ArithmeticError("no convergence")


def gamma_tail(x, a, tail):
    x, a = mpf(x), mpf(a)
    kernel = a * log(x) - x - loggamma(a)
    digits = 60
    if x > a:
        digits += int(min(4000, -kernel / 2 if kernel < 0 else 0)) + int(abs(log(a)))
        if x > 3 * a + 50:  # Legendre's fraction from behind
            n = int(2000 + 40000 / x)
            f = mpf(0)
            for k in range(n, 0, -1):
                f = k * (k - a) / (x + 2 * k + 1 - a - f)
            return give(exp(kernel) / (x + 1 - a - f), True, tail)
        if digits > 500:
            raise ArithmeticError("too far out for this method")
    with mp.workdps(digits):
        small = exp(a * log(x) - x - loggamma(a + 1)) * sum_ratios(lambda k: x / (a + 1 + k))
        return give(small, False, tail)


def beta_tail_xy(x, y, a, b, tail):
    """x + y = 1, both to 60 digits."""
    is_upper = x > (a + 1) / (a + b + 2)
    if is_upper:
        x, y, a, b = y, x, b, a
    small = exp(a * log(x) + b * log(y) - loggamma(a) - loggamma(b) + loggamma(a + b)) / a
    return give(small * sum_ratios(lambda k: (a + b + k) / (a + 1 + k) * x), is_upper, tail)


def beta_tail(x, a, b, tail):
    return beta_tail_xy(mpf(x), 1 - mpf(x), mpf(a), mpf(b), tail)


def f_tail(f, df1, df2, tail):
    f, df1, df2 = mpf(f), mpf(df1), mpf(df2)
    s = f * df1 + df2
    return beta_tail_xy(f * df1 / s, df2 / s, df1 / 2, df2 / 2, tail)


def t_tail(t, df, tail):
    t, df = mpf(t), mpf(df)
    s = t * t + df
    small = beta_tail_xy(t * t / s, df / s, mpf(1) / 2, df / 2, UPPER) / 2
    return give(small, t > 0, tail)


def normal_tail(z, tail):
    return give(erfc(abs(mpf(z)) / sqrt(mpf(2))) / 2, z > 0, tail)


def log_gamma(x):
    x = mpf(x)
    return loggamma(x) if x > 0 else log(abs(gamma(x)))


def hypergeometric_terms(white, black, n):
    def log_mass(x):
        def choose(m, k):
            return loggamma(mpf(m) + 1) - loggamma(mpf(k) + 1) - loggamma(mpf(m - k) + 1)
        return choose(white, x) + choose(black, n - x) - choose(white + black, n)
    return log_mass


def hypergeometric_upper(x, white, black, n):
    """P(X >= x), summed upwards."""
    first = max(x, n - black, 0)
    if first > min(white, n):
        return mpf(0)
    total = sum_ratios(lambda k: mpf(white - first - k) * (n - first - k)
                       / (mpf(first + k + 1) * (black - n + first + k + 1)))
    return exp(hypergeometric_terms(white, black, n)(first)) * total


def range_tail(q, k, df, tail):
    """One minus the lower tail, by plain trapezoidal sums in 40 digits (seconds)."""
    with mp.workdps(40):
        q, k, df = mpf(q), int(k), mpf(df)
        inner, outer = mpf(1) / 12, mpf(1) / (12 if df < 10 else 30)
        nodes = [i * inner for i in range(int(-12 / inner), int(12 / inner) + 1)]
        density = [(z, exp(-z * z / 2), erfc(-z / sqrt(mpf(2))) / 2) for z in nodes]

        def within(w):
            total = sum(d * (p - erfc((w - z) / sqrt(mpf(2))) / 2) ** (k - 1) for z, d, p in density)
            return k * inner * total / sqrt(2 * pi)
        if df == inf:
            return give(1 - within(q), True, tail)
        a, lower, u = df / 2, mpf(0), int(2 / outer) * outer
        while a * (2 * u + 1 - exp(2 * u)) > -60 or u > 0:
            lower += exp(df * u - a * exp(2 * u)) * within(q * exp(u))
            u -= outer
        return give(1 - lower * outer * 2 * a ** a / gamma(a), True, tail)


def digamma(x):
    return psi(0, mpf(x))


def trigamma(x):
    return psi(1, mpf(x))


FUNCTIONS = {"gamma": gamma_tail, "beta": beta_tail, "f": f_tail, "t": t_tail, "normal": normal_tail,
             "chi2": lambda x, df, tail: gamma_tail(mpf(x) / 2, mpf(df) / 2, tail),
             "log_gamma": log_gamma, "digamma": digamma, "trigamma": trigamma, "range": range_tail,
             "log1p_gap": lambda t: mpf(t) - log1p(mpf(t)),
             "log_gamma1p": lambda x: loggamma(1 + mpf(x)),
             "log_gamma_step": lambda x, d: loggamma(mpf(x) + mpf(d)) - loggamma(mpf(x)),
             "log_beta": lambda a, b: loggamma(mpf(a)) + loggamma(mpf(b)) - loggamma(mpf(a) + mpf(b)),
             "log_choose": lambda n, k: loggamma(mpf(n) + 1) - loggamma(mpf(k) + 1) - loggamma(mpf(n) - mpf(k) + 1)}


QUANTILES = {"normal_quantile": "normal", "t_quantile": "t", "chi2_quantile": "chi2", "f_quantile": "f"}


def true_quantile(name, p, *rest, near):
    """Newton's method in 60 digits on the tail's logarithm, from R's value."""
    if near == 0:
        raise ArithmeticError("R says 0")
    *parameters, tail = rest
    f = FUNCTIONS[QUANTILES[name]]
    target = mpf(p) if tail >= 2 else log(mpf(p))
    log_tail = tail if tail >= 2 else tail + 2
    x = mpf(near)
    for _ in range(4):
        h = x * mpf(10) ** -20
        here, there = f(x, *parameters, log_tail), f(x + h, *parameters, log_tail)
        x -= (here - target) * h / (there - here)
    return x


def hypergeometric(x, white, black, n, tail):
    total = hypergeometric_upper(x + 1, white, black, n)
    return give(total, True, tail)


def fisher(a, b, c, d, side):
    row, column, n = a + b, a + c, a + b + c + d
    weight = {x: comb(row, x) * comb(n - row, column - x)
              for x in range(max(0, column - (n - row)), min(row, column) + 1)}
    own = weight[a]
    chosen = {0: lambda x: weight[x] * 10 ** 7 <= own * (10 ** 7 + 1), 1: lambda x: x <= a, 2: lambda x: x >= a}[side]
    return mpf(sum(w for x, w in weight.items() if chosen(x))) / sum(weight.values())


def truth(name, *x, near):
    """Any function by its name; `near` is where the search for a quantile starts."""
    if name in QUANTILES:
        return true_quantile(name, *x, near=near)
    if name == "log_gamma_sign":
        return mpf(1 if gamma(mpf(x[0])) > 0 else -1)
    if name == "hypergeometric":
        return hypergeometric(*x)
    if name == "fisher":
        return fisher(*x)
    return FUNCTIONS[name](*x)
