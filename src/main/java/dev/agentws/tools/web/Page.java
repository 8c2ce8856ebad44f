package dev.agentws.tools.web;

/**
 * A page as text. Immutable.
 *
 * @param url where it really came from, after redirects
 * @param bytes its size as it came, decompressed
 * @param text Markdown if it was HTML
 * @param cut whether it was larger than what is taken of a page
 */
public record Page(String url, int code, String codeText, int bytes, String text, boolean cut) {}
