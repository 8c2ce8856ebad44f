package dev.agentws.simulator.wire;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class PiecesTest {
    @Test
    void equalPartsJoinToTheWholeAndNeverCutACharacterInTwo() {
        assertThat(Pieces.equal("abcdefg", 3)).containsExactly("ab", "cd", "efg");
        assertThat(Pieces.equal("a\uD83D\uDE00b", 2)).containsExactly("a\uD83D\uDE00", "b");
        assertThat(Pieces.equal("ab", 5)).containsExactly("a", "b");
        assertThat(Pieces.equal("", 3)).isEmpty();
        assertThat(Pieces.equal("abc", 0)).isEmpty();
    }

    @Test
    void wordsKeepTheWhiteSpaceBehindThem() {
        assertThat(Pieces.ofWords("one two  three\nfour", 2)).containsExactly("one two  ", "three\nfour");
        assertThat(Pieces.ofWords("", 2)).isEmpty();
    }
}
