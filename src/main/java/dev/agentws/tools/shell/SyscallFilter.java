package dev.agentws.tools.shell;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
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
    private static final int ARGUMENTS = 16;
    private static final int ARGUMENT_BYTES = 8;

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

        /** The calls that set a mode, and which argument that is. */
        private Map<Integer, Integer> modes() {
            return switch (this) {
                case X86_64 -> Map.of(90, 1, 91, 1, 268, 2, FCHMODAT2, 2, 85, 1, 133, 1, 259, 2);
                case AARCH64 -> Map.of(52, 1, 53, 2, FCHMODAT2, 2, 33, 2);
            };
        }

        /** The calls that open a file or make one, and which argument holds the flags. */
        private Map<Integer, Integer> opens() {
            return switch (this) {
                case X86_64 -> Map.of(2, 1, 257, 2);
                case AARCH64 -> Map.of(56, 2);
            };
        }

        private List<Integer> refused() {
            return switch (this) {
                case X86_64 -> X86_64_REFUSED;
                case AARCH64 -> AARCH64_REFUSED;
            };
        }
    }

    private static final int CLONE3 = 435;
    private static final int OPENAT2 = 437;
    private static final int FCHMODAT2 = 452;

    /** The modes by which a program runs as the owner of its file, which outside may be root. */
    private static final int RUN_AS_OWNER = 06000;

    private static final int CREATE = 0100;

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
        // Its modes lie in memory as well.
        unless(JUMP_IF_EQUAL, OPENAT2, FAIL | ENOSYS);
        bits(machine.clone, 0, NEW_SPACES);
        machine.modes().forEach((call, argument) -> bits(call, argument, RUN_AS_OWNER));
        machine.opens().forEach(this::madeWith);
        add(JUMP_IF_EQUAL, 0, 5, machine.ioctl);
        load(1);
        unless(JUMP_IF_EQUAL, PUSH_INPUT, FAIL | EPERM);
        unless(JUMP_IF_EQUAL, CONSOLE, FAIL | EPERM);
        add(RETURN, 0, 0, ALLOW);
        return bytes();
    }

    /** Refuses a call with any of these bits in one of its arguments. */
    private void bits(int call, int argument, int bits) {
        add(JUMP_IF_EQUAL, 0, 4, call);
        load(argument);
        unless(JUMP_IF_ANY_BIT, bits, FAIL | EPERM);
        add(RETURN, 0, 0, ALLOW);
    }

    /** Refuses to make a file that runs as its owner; the mode stands behind the flags, and means nothing unless they say so. */
    private void madeWith(int call, int flags) {
        add(JUMP_IF_EQUAL, 0, 6, call);
        load(flags);
        add(JUMP_IF_ANY_BIT, 0, 3, CREATE);
        load(flags + 1);
        unless(JUMP_IF_ANY_BIT, RUN_AS_OWNER, FAIL | EPERM);
        add(RETURN, 0, 0, ALLOW);
    }

    private void load(int argument) {
        add(LOAD, 0, 0, ARGUMENTS + ARGUMENT_BYTES * argument);
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
