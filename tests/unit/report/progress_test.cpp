#include "report/progress.h"

#include "tests/support/catch.h"

using lfsguard::report::ProgressMeter;

namespace {

struct Fixture {
  double now = 100;
  std::string shown;
  ProgressMeter meter;
  explicit Fixture(ProgressMeter::Style style, unsigned width = 100)
      : meter(
            style, width, [this] { return now; }, [this](std::string_view text) { shown += text; }) {}
};

}  // namespace

TEST_CASE("work that is over within a second shows nothing") {
  Fixture f(ProgressMeter::Style::bar);
  f.meter.phase("scanning", 100, "objects");
  f.now += 0.99;
  f.meter.advance(100);
  f.meter.clear();
  CHECK(f.shown.empty());
}

TEST_CASE("a bar is redrawn in place, not more than ten times a second, and taken away at the end") {
  Fixture f(ProgressMeter::Style::bar);
  f.meter.phase("scanning", 10000, "objects");
  f.now += 2;
  f.meter.advance(2500);
  CHECK(f.shown == "\rscanning [#####...............] 25 %  2,500 of 10,000 objects, 6 s left\033[K");
  f.shown.clear();
  f.now += 0.05;
  f.meter.advance(2600);
  CHECK(f.shown.empty());
  f.meter.clear();
  CHECK(f.shown == "\r\033[K");
}

TEST_CASE("where there is no terminal a plain line comes every five seconds") {
  Fixture f(ProgressMeter::Style::lines);
  f.meter.phase("uploading", 100 << 20, "bytes");
  for (int second = 1; second <= 10; ++second) {
    f.now += 1;
    f.meter.advance(static_cast<uint64_t>(second) << 20);
  }
  CHECK(f.shown ==
        "uploading 5 %  5 MiB of 100 MiB, 1 MiB/s, 1 min 35 s left\n"
        "uploading 10 %  10 MiB of 100 MiB, 1 MiB/s, 1 min 30 s left\n");
}

TEST_CASE("a bar never wraps") {
  Fixture f(ProgressMeter::Style::bar, 20);
  f.meter.phase("counting", 0, "objects");
  f.now += 1;
  f.meter.advance(123456789);
  CHECK(f.shown == "\rcounting  123,456,7\033[K");
}

TEST_CASE("nothing is shown when nobody wants it") {
  Fixture f(ProgressMeter::Style::none);
  f.meter.phase("scanning", 100, "objects");
  f.now += 60;
  f.meter.advance(50);
  CHECK(f.shown.empty());
}
