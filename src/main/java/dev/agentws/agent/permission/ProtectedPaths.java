package dev.agentws.agent.permission;

import dev.agentws.agent.tool.Access.Spot;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;

/** Places whose content other programs run or trust: no rule and no mode for edits lets a change of them pass without a person. */
final class ProtectedPaths {
    private static final Set<String> DIRECTORIES =
            Set.of(".git", ".vscode", ".idea", ".husky", ".cargo", ".devcontainer", ".yarn", ".mvn", ".claude");
    private static final Pattern FILES = Pattern.compile("\\.gitconfig|\\.gitmodules"
            + "|\\.bashrc|\\.bash_profile|\\.bash_login|\\.bash_logout|\\.bash_aliases|\\.profile|\\.zshrc|\\.zshenv"
            + "|\\.zprofile|\\.zlogin|\\.zlogout|\\.kshrc|\\.cshrc|\\.tcshrc|\\.login|\\.inputrc|config\\.fish"
            + "|\\.envrc|\\.npmrc|\\.yarnrc.*|\\.pnp\\..*|bunfig\\.toml|\\.bazel(rc|iskrc|version).*"
            + "|\\.pre-commit-config\\.yaml|\\.?lefthook(-local)?\\..*|gradle-wrapper\\.properties"
            + "|\\.devcontainer\\.json|\\.ripgreprc|pyrightconfig\\.json|\\.mcp\\.json|\\.claude\\.json");

    private ProtectedPaths() {}

    static boolean holds(Spot spot, Surroundings around) {
        return protects(spot.shown(), around) || protects(spot.real(), around);
    }

    private static boolean protects(Path path, Surroundings around) {
        List<String> names = names(path, around);
        for (int i = 0; i < names.size(); i++) {
            String name = names.get(i);
            String next = i + 1 < names.size() ? names.get(i + 1) : "";
            boolean worktree = name.equals(".claude") && next.equals("worktrees") && i + 2 < names.size();
            boolean gitConfig = name.equals(".config") && next.equals("git");
            if ((DIRECTORIES.contains(name) && !worktree) || gitConfig) {
                return true;
            }
        }
        return !names.isEmpty() && FILES.matcher(names.get(names.size() - 1)).matches();
    }

    /** Lower case, because some file systems make no difference; from the session's directory on, where it lies is not its fault. */
    private static List<String> names(Path path, Surroundings around) {
        Path base = path.startsWith(around.directory()) ? around.directory() : null;
        for (Path more : around.moreDirectories()) {
            base = base == null && path.startsWith(more) ? more : base;
        }
        List<String> names = new ArrayList<>();
        for (Path name : base == null ? path : base.relativize(path)) {
            names.add(name.toString().toLowerCase(Locale.ROOT));
        }
        return names;
    }
}
