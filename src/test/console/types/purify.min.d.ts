import purify from 'dompurify';

declare global {
    /** Set by purify.min.js. */
    var DOMPurify: typeof purify;
    /** Set by highlight.min.js, which may come later than the page. */
    var hljs: undefined | {
        getLanguage(name: string): object | undefined;
        highlight(text: string, options: {language: string; ignoreIllegals: boolean}): {value: string};
    };
}
