package dev.agentws.tools.web;

import static org.assertj.core.api.Assertions.assertThat;

import org.jsoup.Jsoup;
import org.junit.jupiter.api.Test;

class MarkdownWriterTest {
    private static String markdown(String html) {
        return MarkdownWriter.write(Jsoup.parse(html, "https://example.com/a/b"));
    }

    @Test
    void headingsAndParagraphsStandApart() {
        assertThat(markdown("<h1>One</h1><p>a\n  b</p><div>c</div>d<h2>Two</h2>e<br>f"))
                .isEqualTo("# One\n\na b\n\nc\n\nd\n\n## Two\n\ne\nf");
    }

    @Test
    void theTitleHeadsAPageThatHasNoHeading() {
        assertThat(markdown("<title>T</title><p>x")).isEqualTo("# T\n\nx");
        assertThat(markdown("<title>T</title><h1>H</h1>")).isEqualTo("# H");
    }

    @Test
    void linksAndPicturesBecomeFullAddresses() {
        assertThat(markdown(
                        "see <a href='../c'>this <b>one</b></a>, <a href='javascript:x()'>no</a> <img alt=Pic src=/p>"))
                .isEqualTo("see [this one](https://example.com/c), no ![Pic](https://example.com/p)");
    }

    @Test
    void listsNestAndCount() {
        assertThat(markdown("<ul><li>a<ul><li>b</li><li>c</li></ul></li><li><p>d</p></li></ul><ol><li>x<li>y</ol>"))
                .isEqualTo("- a\n  - b\n  - c\n- d\n\n1. x\n2. y");
    }

    @Test
    void codeKeepsItsLinesAndBlanks() {
        assertThat(markdown("<p>use <code>x  y</code>:<pre><code>a\n   b\n\nc\n</code></pre>after"))
                .isEqualTo("use `x y`:\n\n```\na\n   b\n\nc\n```\n\nafter");
    }

    @Test
    void tablesAndQuotesKeepTheirShape() {
        assertThat(markdown("<table><tr><th>A<th>B</tr><tr><td>1<td>x|y</tr></table>"))
                .isEqualTo("| A | B |\n| --- | --- |\n| 1 | x\\|y |");
        assertThat(markdown("<blockquote><p>a</p><p>b</p></blockquote>c")).isEqualTo("> a\n>\n> b\n\nc");
    }

    @Test
    void whatIsNotTextIsLeftOut() {
        assertThat(markdown("<script>x</script><style>y</style><noscript>n</noscript><p hidden>h</p><form>f</form>z"))
                .isEqualTo("z");
    }

    @Test
    void aPageOfManyNestedElementsDoesNotOverflow() {
        assertThat(markdown("<div>".repeat(20_000) + "deep" + "<b>".repeat(20_000) + "x"))
                .contains("deep");
    }
}
