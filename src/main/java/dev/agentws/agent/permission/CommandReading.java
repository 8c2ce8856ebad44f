package dev.agentws.agent.permission;

import dev.agentws.agent.permission.CommandPart.Redirect;
import dev.agentws.agent.tool.Access.Spot;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Finds out what a command line would touch. Touches the disk, so it is for tool workers. Confined to one look. */
final class CommandReading {
    /** Variables that cannot change which program runs or what it does to files. */
    private static final Set<String> SAFE_VARIABLES = Set.of(
            "LANG",
            "LANGUAGE",
            "LC_ALL",
            "LC_CTYPE",
            "LC_COLLATE",
            "LC_MESSAGES",
            "LC_NUMERIC",
            "LC_TIME",
            "TZ",
            "NO_COLOR",
            "FORCE_COLOR",
            "CLICOLOR",
            "CI",
            "NODE_ENV",
            "RUST_BACKTRACE",
            "RUST_LOG",
            "PYTHONUNBUFFERED",
            "PYTHONDONTWRITEBYTECODE",
            "PYTHONIOENCODING",
            "GOOS",
            "GOARCH",
            "CGO_ENABLED",
            "GO111MODULE",
            "COLUMNS",
            "LINES",
            "TERM",
            "COLORTERM",
            "CARGO_TERM_COLOR",
            "MAVEN_COLOR");

    private static final Set<String> SINKS = Set.of("/dev/null", "/dev/stdout", "/dev/stderr");
    private static final int MAX_FORMS = 200;

    private final Surroundings around;
    private final Directories directories;
    private boolean git;

    private CommandReading(Path start, Surroundings around) {
        this.around = around;
        this.directories = new Directories(start);
    }

    static CommandFacts of(String command, Path start, Surroundings around) {
        CommandLine line = CommandLine.of(command);
        CommandReading reading = new CommandReading(start, around);
        List<PartFacts> parts = new ArrayList<>();
        for (CommandPart part : line.parts()) {
            parts.add(reading.part(part));
        }
        boolean elsewhere = reading.git && reading.directories.moved();
        if (elsewhere) {
            // A directory can bring settings of its own that make git run programs.
            parts.replaceAll(part -> part.form().startsWith("git") ? withoutLooking(part) : part);
        }
        Set<String> rough = line.isUnclear() ? RoughForms.of(command) : Set.of();
        return new CommandFacts(command.strip(), parts, line.unclear(), rough);
    }

    private static PartFacts withoutLooking(PartFacts part) {
        return new PartFacts(
                part.form(),
                part.exact(),
                part.exactOnly(),
                part.forms(),
                false,
                part.edits(),
                part.deep(),
                part.reads(),
                part.writes(),
                part.redirects(),
                part.unknownReads(),
                part.unknownWrites(),
                part.unknownRedirects(),
                part.critical());
    }

    private PartFacts part(CommandPart part) {
        CommandPart core = part;
        boolean fed = false;
        for (CommandPart inner = Wrappers.strip(core); inner != null; inner = Wrappers.strip(core)) {
            fed |= Wrappers.isXargs(core);
            core = inner;
        }
        git |= core.program().equals("git");
        String assigned = assignments(part);
        boolean clean = assigned.isEmpty() && !fed;
        Places reads = new Places();
        Places writes = new Places();
        Places redirects = new Places();
        ReadOnlyCommands.@Nullable Reading reading = ReadOnlyCommands.of(core);
        if (reading != null) {
            reading.places().forEach(reads::add);
        }
        List<Word> changed = FileCommands.writes(core);
        if (changed != null) {
            changed.forEach(writes::add);
            writes.unknown |= fed;
        }
        for (Redirect redirect : part.redirects()) {
            if (!SINKS.contains(redirect.target().text()) || !redirect.target().plain()) {
                (redirect.writes() ? redirects : reads).add(redirect.target());
            }
        }
        boolean critical = critical(core);
        Set<String> forms = forms(part);
        boolean edits = clean && FileCommands.edits(core) && !removesRoot(core, writes);
        PartFacts facts = new PartFacts(
                assigned + raw(core.words()),
                assigned + raw(part.words()),
                Wrappers.wantsExactRule(core),
                forms,
                reading != null && clean,
                edits,
                reading != null && reading.deep(),
                reads.spots,
                writes.spots,
                redirects.spots,
                reads.unknown,
                writes.unknown,
                redirects.unknown,
                critical);
        directories.follow(core, around);
        return facts;
    }

    /** The workspace itself is more than a file in it. */
    private boolean removesRoot(CommandPart core, Places writes) {
        boolean takes = FileCommands.removes(core) || core.program().equals("mv");
        return takes
                && writes.spots.stream()
                        .anyMatch(spot -> around.directory().startsWith(spot.real())
                                || around.moreDirectories().contains(spot.real()));
    }

    private boolean critical(CommandPart core) {
        for (int i = 0; i < core.words().size(); i++) {
            CommandPart inner = core.from(i);
            boolean reached = i == 0 || Wrappers.runsOthers(core);
            if (reached && FileCommands.removes(inner) && Removal.isCritical(inner, directories, around)) {
                return true;
            }
        }
        return scripts(core).stream()
                .flatMap(script -> CommandLine.of(script).parts().stream())
                .anyMatch(inner -> !inner.words().equals(core.words()) && critical(inner));
    }

    /** What its words say to a shell, as in {@code bash -c 'rm x'}. */
    private static List<String> scripts(CommandPart core) {
        for (int i = 0; i < core.words().size(); i++) {
            CommandPart inner = core.from(i);
            boolean reached = i == 0 || Wrappers.runsOthers(core);
            if (reached && Wrappers.takesScript(inner)) {
                List<String> scripts = new ArrayList<>();
                inner.words().subList(1, inner.words().size()).stream()
                        .map(Word::text)
                        .filter(text -> text.indexOf(' ') > 0)
                        .forEach(scripts::add);
                return scripts;
            }
        }
        return List.of();
    }

    private static String assignments(CommandPart part) {
        boolean safe = part.assignments().stream().allMatch(word -> {
            String name = word.raw().substring(0, word.raw().indexOf('='));
            return SAFE_VARIABLES.contains(name);
        });
        if (safe) {
            return "";
        }
        return raw(part.assignments()) + (part.words().isEmpty() ? "" : " ");
    }

    private static String raw(List<Word> words) {
        return words.stream().map(Word::raw).collect(Collectors.joining(" "));
    }

    private static String told(List<Word> words) {
        return words.stream().map(Word::told).collect(Collectors.joining(" "));
    }

    /** All ways to say what runs here: as written, without quotes, without wrappers, by name only, and what runners run. */
    private static Set<String> forms(CommandPart part) {
        Set<String> forms = new LinkedHashSet<>();
        add(forms, part);
        CommandPart core = part;
        for (CommandPart inner = Wrappers.strip(core); inner != null; inner = Wrappers.strip(core)) {
            core = inner;
            add(forms, core);
        }
        if (!part.assignments().isEmpty()) {
            forms.add(raw(part.assignments()) + " " + raw(part.words()));
        }
        if (Wrappers.runsOthers(core)) {
            for (int i = 1; i < core.words().size() && forms.size() < MAX_FORMS; i++) {
                add(forms, core.from(i));
            }
        }
        for (String script : scripts(core)) {
            CommandLine line = CommandLine.of(script);
            line.parts().forEach(inner -> add(forms, inner));
            forms.addAll(line.isUnclear() ? RoughForms.of(script) : Set.of());
        }
        return forms;
    }

    private static void add(Set<String> forms, CommandPart part) {
        if (part.words().isEmpty()) {
            return;
        }
        forms.add(raw(part.words()));
        forms.add(told(part.words()));
        List<Word> rest = part.words().subList(1, part.words().size());
        forms.add(rest.isEmpty() ? part.program() : part.program() + " " + told(rest));
    }

    /** Files of one kind of use. */
    private final class Places {
        private final List<Spot> spots = new ArrayList<>();
        private boolean unknown;

        void add(Word word) {
            String text = word.text();
            if (word.dynamic() || (word.tilde() && (around.home() == null || !text.matches("(?s)~(/.*)?")))) {
                unknown = true;
                return;
            }
            if (word.tilde()) {
                text = around.home() + text.substring(1);
            }
            if (word.glob()) {
                text = directoryOf(text);
            }
            unknown |= !directories.known() && !text.startsWith("/");
            for (Path base : directories.possible()) {
                Spot spot = text.isEmpty() ? null : around.spot(base, text);
                unknown |= spot == null;
                if (spot != null) {
                    spots.add(spot);
                }
            }
        }

        /** Names with a dot in front may stand for the directory above, and what follows a star for anything. */
        private String directoryOf(String text) {
            int slash = text.lastIndexOf('/');
            String directory = slash < 0 ? "./" : text.substring(0, slash + 1);
            boolean clear = !text.startsWith(".", slash + 1) && !directory.matches("(?s).*[*?\\[].*");
            return clear ? directory : "";
        }
    }
}
