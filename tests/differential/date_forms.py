"""How people write dates and times of day, for the tests that read them back."""
import datetime as dt

EPOCH = dt.datetime(1970, 1, 1)
DAY = dt.timedelta(days=1)
MONTHS = ["January", "February", "March", "April", "May", "June", "July", "August", "September",
          "October", "November", "December"]
WEEKDAYS = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]


def days_of(moment):
    return (moment - EPOCH) / DAY


def name(names, index, case, full):
    text = names[index] if full else names[index][:3]
    return {"title": text, "upper": text.upper(), "lower": text.lower()}[case]


# How people write a date; `thin` without zeros before it, names in a case and a length.
FORMS = {
    "Y-m-d": lambda d, z, c, f: f"{d.year:04}-{z(d.month)}-{z(d.day)}",
    "Y/m/d": lambda d, z, c, f: f"{d.year:04}/{z(d.month)}/{z(d.day)}",
    "Y.m.d": lambda d, z, c, f: f"{d.year:04}.{z(d.month)}.{z(d.day)}",
    "d.m.Y": lambda d, z, c, f: f"{z(d.day)}.{z(d.month)}.{d.year:04}",
    "d/m/Y": lambda d, z, c, f: f"{z(d.day)}/{z(d.month)}/{d.year:04}",
    "m/d/Y": lambda d, z, c, f: f"{z(d.month)}/{z(d.day)}/{d.year:04}",
    "d-m-Y": lambda d, z, c, f: f"{z(d.day)}-{z(d.month)}-{d.year:04}",
    "d Mon Y": lambda d, z, c, f: f"{z(d.day)} {name(MONTHS, d.month - 1, c, f)} {d.year:04}",
    "Mon d, Y": lambda d, z, c, f: f"{name(MONTHS, d.month - 1, c, f)} {z(d.day)}, {d.year:04}",
    "d-Mon-y": lambda d, z, c, f: f"{z(d.day)}-{name(MONTHS, d.month - 1, c, f)}-{d.year % 100:02}",
    "dMonY": lambda d, z, c, f: f"{d.day:02}{name(MONTHS, d.month - 1, c, f)}{d.year:04}",
    "weekday, d Mon Y": lambda d, z, c, f: (f"{name(WEEKDAYS, d.weekday(), c, f)}, {z(d.day)} "
                                            f"{name(MONTHS, d.month - 1, c, f)} {d.year:04}"),
    "Han": lambda d, z, c, f: f"{d.year:04}年{z(d.month)}月{z(d.day)}日",
    "Ymd": lambda d, z, c, f: f"{d.year:04}{d.month:02}{d.day:02}",
}


def half(d, z, case):
    text = f"{z((d.hour + 11) % 12 + 1)}:{d.minute:02}:{d.second:02}"
    return f"{text} {('am' if d.hour < 12 else 'pm') if case == 'lower' else ('AM' if d.hour < 12 else 'PM')}"


TIMES = {
    "": (DAY, lambda d, z, c: ""),
    " H:M": (dt.timedelta(minutes=1), lambda d, z, c: f" {z(d.hour)}:{d.minute:02}"),
    " H:M:S": (dt.timedelta(seconds=1), lambda d, z, c: f" {z(d.hour)}:{d.minute:02}:{d.second:02}"),
    "TH:M:S.f": (dt.timedelta(microseconds=1),
                 lambda d, z, c: f"T{d.hour:02}:{d.minute:02}:{d.second:02}.{d.microsecond:06}"),
    ", I:M:S p": (dt.timedelta(seconds=1), lambda d, z, c: ", " + half(d, z, c)),
    " H时M分": (dt.timedelta(minutes=1), lambda d, z, c: f" {d.hour:02}时{d.minute:02}分"),
}
