package dev.agentws.tools.web;

import java.net.Inet4Address;
import java.net.InetAddress;
import java.util.List;

/**
 * Allows what is reachable from anywhere in the internet, and nothing that means this machine, its network or what lies behind a
 * translator: a page asked for by a model must not become a door into the house. Immutable.
 */
public final class PublicAddresses implements AddressPolicy {
    /** A block of addresses: those that share the first {@code bits} bits. */
    private record Block(byte[] prefix, int bits) {
        boolean holds(byte[] address) {
            if (address.length != prefix.length) {
                return false;
            }
            for (int bit = 0; bit < bits; bit++) {
                int mask = 0x80 >> (bit % 8);
                if ((address[bit / 8] & mask) != (prefix[bit / 8] & mask)) {
                    return false;
                }
            }
            return true;
        }
    }

    /** The special-purpose registry of IPv4, multicast, and the one address in the public range that a cloud keeps its secrets at. */
    private static final List<Block> CLOSED_4 = List.of(
            four(8, 0, 0, 0, 0),
            four(8, 10, 0, 0, 0),
            four(10, 100, 64, 0, 0),
            four(8, 127, 0, 0, 0),
            four(32, 168, 63, 129, 16),
            four(16, 169, 254, 0, 0),
            four(12, 172, 16, 0, 0),
            four(24, 192, 0, 0, 0),
            four(24, 192, 0, 2, 0),
            four(24, 192, 88, 99, 0),
            four(16, 192, 168, 0, 0),
            four(15, 198, 18, 0, 0),
            four(24, 198, 51, 100, 0),
            four(24, 203, 0, 113, 0),
            four(4, 224, 0, 0, 0),
            four(4, 240, 0, 0, 0));

    /** All that is given out in IPv6. Loopback, private, link-local, mapped and translated addresses lie outside. */
    private static final Block GLOBAL_6 = six(3, 0x2000, 0);

    /** Within that: protocol assignments and Teredo, documentation, 6to4. */
    private static final List<Block> CLOSED_6 =
            List.of(six(23, 0x2001, 0), six(32, 0x2001, 0x0db8), six(16, 0x2002, 0), six(20, 0x3fff, 0));

    @Override
    public boolean allows(InetAddress address) {
        byte[] bytes = address.getAddress();
        if (address instanceof Inet4Address) {
            return CLOSED_4.stream().noneMatch(block -> block.holds(bytes));
        }
        return GLOBAL_6.holds(bytes) && CLOSED_6.stream().noneMatch(block -> block.holds(bytes));
    }

    private static Block four(int bits, int a, int b, int c, int d) {
        return new Block(new byte[] {(byte) a, (byte) b, (byte) c, (byte) d}, bits);
    }

    private static Block six(int bits, int first, int second) {
        byte[] prefix = new byte[16];
        prefix[0] = (byte) (first >> 8);
        prefix[1] = (byte) first;
        prefix[2] = (byte) (second >> 8);
        prefix[3] = (byte) second;
        return new Block(prefix, bits);
    }
}
