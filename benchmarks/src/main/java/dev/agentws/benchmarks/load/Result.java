package dev.agentws.benchmarks.load;

import java.util.LinkedHashMap;
import java.util.Map;

/** What came of one scenario on one target. Filled by one thread, then only read. */
final class Result {
    final String target;
    final String scenario;
    final int round;
    private final Map<String, Object> values = new LinkedHashMap<>();

    Result(String target, String scenario, int round) {
        this.target = target;
        this.scenario = scenario;
        this.round = round;
    }

    /** What could not be measured (NaN) is left out. */
    Result with(String name, double value) {
        if (!Double.isNaN(value)) {
            values.put(name, Math.round(value * 1000) / 1000.0);
        }
        return this;
    }

    Result with(String name, long value) {
        values.put(name, value);
        return this;
    }

    Result with(String name, String value) {
        values.put(name, value);
        return this;
    }

    /** A number, or NaN if it was not measured. */
    double number(String name) {
        return values.get(name) instanceof Number found ? found.doubleValue() : Double.NaN;
    }

    String text(String name) {
        return String.valueOf(values.getOrDefault(name, ""));
    }

    /** Whether every delta came, once and in order, and nothing else went wrong. */
    boolean sound() {
        return number("lost") == 0 && number("errors") == 0;
    }

    Map<String, Object> asMap() {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("target", target);
        map.put("scenario", scenario);
        map.put("round", round);
        map.putAll(values);
        return map;
    }
}
