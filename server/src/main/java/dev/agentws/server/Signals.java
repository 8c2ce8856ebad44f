package dev.agentws.server;

import java.lang.reflect.Proxy;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The signals that ask a process to end. By the JDK's own class for them, which every Java runtime has (module jdk.unsupported) and no
 * compiler likes: hence the reflection. Where it is missing, or somebody else has the signal, the process ends as any other does.
 */
final class Signals {
    private static final Logger log = LoggerFactory.getLogger(Signals.class);

    private Signals() {}

    /** Runs the task on each SIGTERM and SIGINT, on a thread of its own. */
    static void onEachEnd(Runnable task) {
        for (String name : List.of("TERM", "INT")) {
            try {
                handle(name, task);
            } catch (ReflectiveOperationException e) {
                log.debug("SIG{} is not ours", name, e);
            }
        }
    }

    private static void handle(String name, Runnable task) throws ReflectiveOperationException {
        Class<?> signal = Class.forName("sun.misc.Signal");
        Class<?> handler = Class.forName("sun.misc.SignalHandler");
        Object ours =
                Proxy.newProxyInstance(handler.getClassLoader(), new Class<?>[] {handler}, (self, method, args) -> {
                    return switch (method.getName()) {
                        case "equals" -> self == args[0];
                        case "hashCode" -> System.identityHashCode(self);
                        case "toString" -> "end of agentws";
                        default -> {
                            task.run();
                            yield null;
                        }
                    };
                });
        signal.getMethod("handle", signal, handler)
                .invoke(null, signal.getConstructor(String.class).newInstance(name), ours);
    }
}
