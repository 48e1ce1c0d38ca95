# survival.R DB WHAT QUERY -- one side of a comparison (see sides.py): R's survival.
if (!requireNamespace("survival", quietly = TRUE)) {
  cat("the R package survival is not installed (apt-get install r-cran-survival)\n")
  quit(status = 77)
}
suppressMessages(library(survival))
arguments <- commandArgs(TRUE)
# Read once, and not timed: what sqlite-mine reads in every run.
rows <- read.csv(pipe(paste("sqlite3 -header -csv", shQuote(arguments[1]), shQuote(arguments[3]))))
all <- function() reformulate(grep("^c", names(rows), value = TRUE), "Surv(d, e)")
runs <- list(
  curve = function() sum(survfit(Surv(d, e) ~ g, data = rows)$n.event),
  logrank = function() survdiff(Surv(d, e) ~ g, data = rows)$chisq,
  cox = function() as.numeric(coxph(all(), data = rows)$concordance["concordance"]),
  weibull = function() survreg(all(), data = rows, dist = "weibull")$scale)
say <- function(...) {
  cat(...)
  flush(stdout())
}
say("ready\n")
input <- file("stdin", "r")
found <- 0
while (identical(readLines(input, 1), "go")) {
  took <- system.time(found <- runs[[arguments[2]]]())
  say(sprintf('{"seconds":%.6f,"cpu":%.6f,"value":%.9g}\n', took[["elapsed"]],
              took[["user.self"]] + took[["sys.self"]], found))
}
peak <- sub("[^0-9]*([0-9]+).*", "\\1", grep("VmHWM", readLines("/proc/self/status"), value = TRUE))
say(sprintf('{"quality":%.9g,"peak_kb":%s}\n', found, peak))
