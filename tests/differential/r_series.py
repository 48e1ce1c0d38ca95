"""What R prints of its own series: the peers of forecasts (*_peer.R beside this file)."""
import pathlib

import minetest as mt


def said(script):
    """The lines that the script prints, as words; the test is skipped where R or its package is not there."""
    printed = mt.r("--vanilla", pathlib.Path(__file__).with_name(script))
    if printed is None:
        mt.skip("R with its package forecast is not installed (apt-get install r-base-core r-cran-forecast)")
    return [line.split() for line in printed.splitlines()]


def number(word):
    return None if word == "NaN" else float(word)
