package dev.agentws.tools.shell;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.api.Test;

class OutputExcerptTest {
    @Test
    void bothEndsSurviveHoweverThePiecesAreCut() {
        StringBuilder all = new StringBuilder();
        for (int i = 0; i < 2_000; i++) {
            all.append(i).append(' ');
        }
        Random random = new Random(7);
        for (int round = 0; round < 50; round++) {
            OutputExcerpt excerpt = new OutputExcerpt(1_000);
            for (int at = 0; at < all.length(); ) {
                int end = Math.min(all.length(), at + 1 + random.nextInt(round * 40 + 1));
                excerpt.add(all.substring(at, end));
                at = end;
            }
            String text = excerpt.text(1_000);
            assertThat(text).startsWith(all.substring(0, 500)).endsWith(all.substring(all.length() - 500));
            assertThat(text)
                    .contains("[" + (all.length() - 1_000) + " of " + all.length() + " characters left out here]");
        }
    }

    @Test
    void outputJustOverALimitLosesNothingElse() {
        OutputExcerpt excerpt = new OutputExcerpt(10);
        excerpt.add("0123456789");
        assertThat(excerpt.text(10)).isEqualTo("0123456789");
        excerpt.add("A");
        assertThat(excerpt.text(10)).startsWith("01234\n").endsWith("\n6789A").contains("[1 of 11 characters");
        assertThat(excerpt.text(4)).startsWith("01\n").endsWith("\n9A");
    }

    @Test
    void pairsOfSurrogatesAreNotTornApart() {
        OutputExcerpt excerpt = new OutputExcerpt(10);
        excerpt.add("\uD83D\uDE00".repeat(20));
        assertThat(excerpt.text(10)).startsWith("\uD83D\uDE00\uD83D\uDE00\n").endsWith("\n\uD83D\uDE00\uD83D\uDE00");
    }
}
