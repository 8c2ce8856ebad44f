package dev.agentws.tools.shell;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A number that all processes of a command carry as their limit of file locks. Linux has not looked at that limit for decades but hands
 * it on to children, through changes of the environment, the session and the program; only root can raise it. Immutable.
 */
record LimitMark(long number) {
    /** No mark. */
    static final LimitMark NONE = new LimitMark(0);

    private static final Pattern LINE = Pattern.compile("^Max file locks +\\S+ +(\\S+)", Pattern.MULTILINE);

    /** Beyond, some programs take a number for no limit. */
    private static final long MOST = 1L << 62;

    /** Below, numbers may meet those that somebody else has set. */
    private static final long LEAST = 1L << 32;

    /** For the command with this id. A server that is itself under such a limit can only go below it. */
    static LimitMark of(String id) {
        long most = Math.min(MOST, limit(ProcessHandle.current().pid()));
        if (most <= LEAST) {
            return NONE;
        }
        return new LimitMark(LEAST + Math.floorMod(hash(id), most - LEAST));
    }

    /** What a bash has to do first to carry it, empty for none. */
    String script() {
        return number == 0 ? "" : "ulimit -x " + number + " 2>/dev/null; ";
    }

    boolean isOn(long pid) {
        return number != 0 && limit(pid) == number;
    }

    /** 0 when it cannot be read. */
    private static long limit(long pid) {
        try {
            Matcher matcher = LINE.matcher(new String(Proc.read(pid, "limits"), StandardCharsets.US_ASCII));
            if (!matcher.find()) {
                return 0;
            }
            return matcher.group(1).equals("unlimited") ? Long.MAX_VALUE : Long.parseLong(matcher.group(1));
        } catch (IOException | NumberFormatException goneOrHuge) {
            return 0;
        }
    }

    private static long hash(String id) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(id.getBytes(StandardCharsets.UTF_8));
            return ByteBuffer.wrap(digest).getLong();
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException(impossible);
        }
    }
}
