/** Puts a text on one line, and cuts it if it is longer. */
export function shorten(text: string, maxLength: number): string {
    const line = text.trim().replace(/\s+/g, " ");
    return line.length > maxLength ? `${line.slice(0, maxLength)}…` : line;
}
