package dev.agentws.tools.shell;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * The seccomp filter of the sandbox, as the BPF program the kernel takes: it refuses the calls that reach into other processes, into
 * mounts, name spaces and the kernel itself. What it refuses is out of reach without rights anyway; the filter keeps the kernel's
 * seldom used corners away from commands, where such rights have been gained by mistake.
 */
final class SyscallFilter {
    private static final int LOAD = 0x20;
    private static final int JUMP_IF_EQUAL = 0x15;
    private static final int JUMP_IF_AT_LEAST = 0x35;
    private static final int JUMP_IF_ANY_BIT = 0x45;
    private static final int RETURN = 0x06;

    private static final int ALLOW = 0x7fff0000;
    private static final int FAIL = 0x00050000;
    private static final int KILL = 0x80000000;
    private static final int EPERM = 1;
    private static final int ENOSYS = 38;

    /** Offsets in the kernel's struct seccomp_data; arguments are 64 bits wide, of which the low half stands first. */
    private static final int NUMBER = 0;

    private static final int MACHINE = 4;
    private static final int FIRST_ARGUMENT = 16;
    private static final int SECOND_ARGUMENT = 24;

    /** Numbers from here on are the same calls again, for programs of the x32 kind. */
    private static final int X32 = 0x40000000;

    /** New name spaces: mount, cgroup, uts, ipc, user, pid, net. */
    private static final int NEW_SPACES = 0x7e020000;

    private static final int PUSH_INPUT = 0x5412;
    private static final int CONSOLE = 0x541c;

    /** io_uring (its calls pass no filter), mounts by handle, pidfd_getfd: the same numbers on all machines. */
    private static final List<Integer> EVERYWHERE = List.of(425, 426, 427, 428, 429, 430, 431, 432, 433, 438, 442);

    /** In the order of the names in the manual, from acct to vhangup. */
    private static final List<Integer> X86_64_REFUSED = List.of(
            163, 248, 159, 321, 161, 305, 227, 176, 300, 313, 175, 172, 173, 312, 320, 246, 250, 212, 154, 165, 303,
            180, 304, 298, 155, 310, 311, 101, 179, 169, 249, 308, 164, 168, 167, 103, 166, 272, 323, 153);

    private static final List<Integer> AARCH64_REFUSED = List.of(
            89, 217, 171, 280, 51, 266, 112, 106, 262, 273, 105, 272, 294, 104, 219, 18, 40, 264, 42, 265, 241, 41, 270,
            271, 117, 60, 142, 218, 268, 170, 225, 224, 116, 39, 97, 282, 58);

    private enum Machine {
        X86_64(0xC000003E, 16, 56),
        AARCH64(0xC00000B7, 29, 220);

        private final int id;
        private final int ioctl;
        private final int clone;

        Machine(int id, int ioctl, int clone) {
            this.id = id;
            this.ioctl = ioctl;
            this.clone = clone;
        }

        private List<Integer> refused() {
            return switch (this) {
                case X86_64 -> X86_64_REFUSED;
                case AARCH64 -> AARCH64_REFUSED;
            };
        }
    }

    private static final int CLONE3 = 435;

    private final List<long[]> program = new ArrayList<>();

    private SyscallFilter() {}

    /** @param machine as the JDK names it; null for machines whose calls are not known here */
    static byte @Nullable [] of(String machine) {
        return switch (machine.toLowerCase(Locale.ROOT)) {
            case "amd64", "x86_64" -> new SyscallFilter().write(Machine.X86_64);
            case "aarch64", "arm64" -> new SyscallFilter().write(Machine.AARCH64);
            default -> null;
        };
    }

    private byte[] write(Machine machine) {
        add(LOAD, 0, 0, MACHINE);
        add(JUMP_IF_EQUAL, 1, 0, machine.id);
        add(RETURN, 0, 0, KILL);
        add(LOAD, 0, 0, NUMBER);
        if (machine == Machine.X86_64) {
            unless(JUMP_IF_AT_LEAST, X32, FAIL | ENOSYS);
        }
        machine.refused().forEach(call -> unless(JUMP_IF_EQUAL, call, FAIL | EPERM));
        EVERYWHERE.forEach(call -> unless(JUMP_IF_EQUAL, call, FAIL | EPERM));
        // Its flags lie in memory, where a filter cannot look; programs fall back to clone.
        unless(JUMP_IF_EQUAL, CLONE3, FAIL | ENOSYS);
        add(JUMP_IF_EQUAL, 0, 4, machine.clone);
        add(LOAD, 0, 0, FIRST_ARGUMENT);
        unless(JUMP_IF_ANY_BIT, NEW_SPACES, FAIL | EPERM);
        add(RETURN, 0, 0, ALLOW);
        add(JUMP_IF_EQUAL, 0, 5, machine.ioctl);
        add(LOAD, 0, 0, SECOND_ARGUMENT);
        unless(JUMP_IF_EQUAL, PUSH_INPUT, FAIL | EPERM);
        unless(JUMP_IF_EQUAL, CONSOLE, FAIL | EPERM);
        add(RETURN, 0, 0, ALLOW);
        return bytes();
    }

    /** Answers what matches, and goes on with everything else. */
    private void unless(int condition, int value, int answer) {
        add(condition, 0, 1, value);
        add(RETURN, 0, 0, answer);
    }

    private void add(int code, int jumpTrue, int jumpFalse, int value) {
        program.add(new long[] {code, jumpTrue, jumpFalse, value});
    }

    private byte[] bytes() {
        ByteBuffer bytes = ByteBuffer.allocate(8 * program.size()).order(ByteOrder.nativeOrder());
        for (long[] step : program) {
            bytes.putShort((short) step[0]);
            bytes.put((byte) step[1]);
            bytes.put((byte) step[2]);
            bytes.putInt((int) step[3]);
        }
        return bytes.array();
    }
}
