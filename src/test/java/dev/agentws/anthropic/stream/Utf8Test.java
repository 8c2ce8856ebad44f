package dev.agentws.anthropic.stream;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.Test;

class Utf8Test {
    @Test
    void everyCharacterIsValid() {
        StringBuilder all = new StringBuilder();
        for (int point = 0; point <= Character.MAX_CODE_POINT; point += point < 0x10000 ? 7 : 997) {
            if (point < Character.MIN_SURROGATE || point > Character.MAX_SURROGATE) {
                all.appendCodePoint(point);
            }
        }
        byte[] bytes = all.toString().getBytes(StandardCharsets.UTF_8);
        assertThat(isValid(bytes)).isTrue();
    }

    @Test
    void theJdkAgreesOnRandomBytes() {
        byte[] likely = {
            'a',
            0x7f,
            (byte) 0x80,
            (byte) 0x8f,
            (byte) 0x90,
            (byte) 0x9f,
            (byte) 0xa0,
            (byte) 0xbf,
            (byte) 0xc0,
            (byte) 0xc1,
            (byte) 0xc2,
            (byte) 0xdf,
            (byte) 0xe0,
            (byte) 0xe1,
            (byte) 0xed,
            (byte) 0xef,
            (byte) 0xf0,
            (byte) 0xf1,
            (byte) 0xf4,
            (byte) 0xf5,
            (byte) 0xff
        };
        Random random = new Random(5);
        int valid = 0;
        for (int i = 0; i < 30_000; i++) {
            byte[] bytes = new byte[random.nextInt(5)];
            for (int j = 0; j < bytes.length; j++) {
                bytes[j] = likely[random.nextInt(likely.length)];
            }
            boolean expected = jdkAccepts(bytes);
            assertThat(isValid(bytes)).as("%s", bytes).isEqualTo(expected);
            valid += expected ? 1 : 0;
        }
        assertThat(valid).isGreaterThan(500);
    }

    private static boolean isValid(byte[] bytes) {
        ByteBuf buf = Unpooled.wrappedBuffer(bytes);
        return Utf8.isValid(buf, 0, bytes.length);
    }

    private static boolean jdkAccepts(byte[] bytes) {
        try {
            StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes));
            return true;
        } catch (CharacterCodingException e) {
            return false;
        }
    }
}
