package dev.agentws.benchmarks.load;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Horizontal bars in groups, as an SVG that can be read on light and on dark ground. Each group has its own scale, because a load of
 * many small writes costs a hundred times what one of few large ones does. Confined to one thread.
 */
final class BarChart {
    private static final int WIDTH = 720;
    private static final int LEFT = 110;
    private static final int LONGEST = 400;
    private static final int BAR = 16;
    private static final int STEP = 20;
    private static final List<String> COLOURS =
            List.of("#2f81f7", "#8b949e", "#d29922", "#3fb950", "#a371f7", "#db6d28");

    private record Bar(String name, double value, String label) {}

    private record Group(String name, List<Bar> bars) {}

    private final String title;
    private final List<Group> groups = new ArrayList<>();
    private final List<String> names = new ArrayList<>();

    BarChart(String title) {
        this.title = title;
    }

    void group(String name) {
        groups.add(new Group(name, new ArrayList<>()));
    }

    /** Adds a bar to the last group; equal names have equal colours. One without a number is left out. */
    void bar(String name, double value, String label) {
        if (!Double.isNaN(value)) {
            groups.get(groups.size() - 1).bars.add(new Bar(name, value, label));
            if (!names.contains(name)) {
                names.add(name);
            }
        }
    }

    @Override
    public String toString() {
        StringBuilder body = new StringBuilder(4096);
        int y = 28;
        text(body, 8, y - 8, "h", title);
        for (Group group : groups) {
            double most = group.bars.stream().mapToDouble(Bar::value).max().orElse(0);
            y += 10;
            text(body, 8, y + 12, "h", group.name);
            for (Bar bar : group.bars) {
                bar(body, y, bar, most);
                y += STEP;
            }
        }
        return String.format(
                        Locale.ROOT,
                        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" width=\"%d\" height=\"%d\" role=\"img\">%n"
                                + "<title>%s</title>%n<style>text{font:12px system-ui,sans-serif;fill:#57606a}.h{font-weight:600}"
                                + "@media(prefers-color-scheme:dark){text{fill:#c9d1d9}}</style>%n",
                        WIDTH,
                        y + 12,
                        WIDTH,
                        y + 12,
                        escaped(title))
                + body + "</svg>\n";
    }

    private void bar(StringBuilder body, int y, Bar bar, double most) {
        int nameWidth = 80;
        double width = most <= 0 ? 0 : bar.value / most * LONGEST;
        String colour = COLOURS.get(names.indexOf(bar.name) % COLOURS.size());
        text(body, LEFT, y + 12, "", bar.name);
        body.append(String.format(
                Locale.ROOT,
                "<rect x=\"%d\" y=\"%d\" width=\"%.1f\" height=\"%d\" rx=\"2\" fill=\"%s\"/>%n",
                LEFT + nameWidth,
                y,
                Math.max(1, width),
                BAR,
                colour));
        text(body, LEFT + nameWidth + (int) Math.max(1, width) + 6, y + 12, "", bar.label);
    }

    private static void text(StringBuilder body, int x, int y, String kind, String words) {
        body.append(String.format(
                Locale.ROOT, "<text x=\"%d\" y=\"%d\" class=\"%s\">%s</text>%n", x, y, kind, escaped(words)));
    }

    private static String escaped(String text) {
        return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
    }
}
