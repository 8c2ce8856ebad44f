/**
 * What is being written and has not been sent.
 *
 * @typedef {{media: string, data: string, url: string}} Picture
 * @typedef {{text: string, pictures: Picture[]}} Draft
 */

/**
 * As a prompt has it.
 *
 * @param {Draft} draft
 * @returns {string | import('./agentws.js').Json[]}
 */
export function contentOf(draft) {
    if (draft.pictures.length === 0) {
        return draft.text;
    }
    const words = draft.text.trim() === '' ? [] : [{type: 'text', text: draft.text}];
    return [...draft.pictures.map(picture => (
        {type: 'image', source: {type: 'base64', media_type: picture.media, data: picture.data}})), ...words];
}
