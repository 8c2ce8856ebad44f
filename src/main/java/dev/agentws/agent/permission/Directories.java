package dev.agentws.agent.permission;

import dev.agentws.agent.tool.Access.Spot;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Where the commands of a line may be run: a {@code cd} before them may have worked or not. Confined to one look at a line. */
final class Directories {
    private static final int MOST = 8;

    private final List<Path> possible = new ArrayList<>();
    private boolean known = true;
    private boolean moved;

    Directories(Path start) {
        possible.add(start);
    }

    List<Path> possible() {
        return List.copyOf(possible);
    }

    /** Whether {@link #possible} is all there can be. */
    boolean known() {
        return known;
    }

    /** Whether some {@code cd} came before. */
    boolean moved() {
        return moved;
    }

    /** Takes a command into account that may change the directory. */
    void follow(CommandPart part, Surroundings around) {
        String name = part.program();
        if (!List.of("cd", "pushd", "popd", "chdir", "z").contains(name)) {
            return;
        }
        moved = true;
        if (!name.equals("cd")
                || part.words().size() != 2
                || !part.words().get(1).plain()) {
            known = false;
            return;
        }
        String target = part.words().get(1).text();
        for (Path each : possible()) {
            Spot logical = around.spot(each, target);
            if (logical == null || target.equals("-") || possible.size() >= MOST) {
                known = false;
                return;
            }
            add(logical.shown());
            add(logical.real());
        }
    }

    private void add(Path path) {
        if (!possible.contains(path)) {
            possible.add(path);
        }
    }
}
