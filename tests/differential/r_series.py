"""What R prints of its own series: the peers of forecasts (*_peer.R beside this file)."""
import pathlib
import shutil
import subprocess

import minetest as mt


def said(script):
    """The lines that the script prints, as words; the test is skipped where R or its package is not there."""
    rscript = shutil.which("Rscript")
    if not rscript:
        mt.skip("R is not installed (apt-get install r-base-core r-cran-forecast)")
    ran = subprocess.run([rscript, "--vanilla", str(pathlib.Path(__file__).with_name(script))], capture_output=True, text=True)
    if ran.returncode != 0:
        mt.skip("R has no package forecast (apt-get install r-cran-forecast)")
    return [line.split() for line in ran.stdout.splitlines()]


def number(word):
    return None if word == "NaN" else float(word)
