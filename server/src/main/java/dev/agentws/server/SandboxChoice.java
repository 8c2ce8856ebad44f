package dev.agentws.server;

import dev.agentws.tools.shell.Bubblewrap;
import dev.agentws.tools.shell.Sandbox;
import dev.agentws.tools.shell.SandboxLimits;
import dev.agentws.tools.shell.Uncontained;
import java.nio.file.Path;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Finds the sandbox that the settings ask for, and says plainly what is missing. */
final class SandboxChoice {
    private static final Logger LOG = LoggerFactory.getLogger(SandboxChoice.class);

    private static final Path CONTROL_GROUPS = Path.of("/sys/fs/cgroup");

    private SandboxChoice() {}

    /**
     * Tries out what there is. Blocks.
     *
     * @throws StartFailure if a sandbox is required and none works
     */
    static Sandbox of(Settings.Workplace workplace, Map<String, String> environment, Path temp, String machine)
            throws StartFailure {
        if (workplace.sandbox() == Settings.Sandbox.OFF) {
            return Uncontained.OFF;
        }
        SandboxLimits limits = SandboxLimits.defaults()
                .withNetwork(workplace.sandboxNetwork())
                .withLastingTemp(workplace.sandboxTmp() == Settings.SandboxTmp.SESSION);
        Bubblewrap.Found found =
                Bubblewrap.find(new Bubblewrap.Search(environment, temp, machine, CONTROL_GROUPS, limits));
        Bubblewrap bubblewrap = found.sandbox();
        if (bubblewrap != null) {
            if (found.remark() != null) {
                LOG.warn("sandbox: {}", found.remark());
            }
            return bubblewrap;
        }
        if (workplace.sandbox() == Settings.Sandbox.REQUIRED) {
            throw new StartFailure("AGENT_SERVER_SANDBOX: required (expected: a sandbox that works): " + found.remark()
                    + "; install bubblewrap, allow user namespaces, or set it to auto or off");
        }
        LOG.warn(
                "sandbox: none, because {}; commands of Bash run with the rights of this process, and each call needs a"
                        + " person's yes or a rule that allows it",
                found.remark());
        return Uncontained.NONE;
    }
}
