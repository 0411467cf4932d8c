import * as fs from "fs";
import { z } from "zod";

const schema = z.strictObject({
    charts: z.record(z.string(), z.string().regex(/^sha256:[0-9a-f]{64}$/)),
    images: z.record(z.string(), z.string().regex(/^sha256:[0-9a-f]{64}$/)),
    platform: z.string(),
});

/** The checksums of the mirrored charts, by file name, and of the images, by reference. */
export type MirrorLock = z.infer<typeof schema>;

/** Reads a lock file. Undefined if it does not exist. @throws Error if it is not a lock file. */
export function readLock(file: string): MirrorLock | undefined {
    if (!fs.existsSync(file)) {
        return undefined;
    }
    const wrong = (reason: string, cause?: unknown) =>
        new Error(
            `${file} is not a lock file of the mirror: ${reason}; restore it from Git, or delete it and run \`npm run mirror\` again`,
            { cause },
        );
    let content: unknown;
    try {
        content = JSON.parse(fs.readFileSync(file, "utf8"));
    } catch (error) {
        throw wrong("it is not JSON", error);
    }
    const parsed = schema.safeParse(content);
    if (!parsed.success) {
        const path = parsed.error.issues[0]?.path.join(".") ?? "";
        throw wrong(`the key ${path === "" ? "at the top" : path} is missing or wrong`);
    }
    return parsed.data;
}

/** Writes a lock file with sorted keys, so that a change shows only what has changed. */
export function writeLock(file: string, { charts, images, platform }: MirrorLock): void {
    const sorted = (map: Record<string, string>) =>
        Object.fromEntries(Object.entries(map).sort(([one], [other]) => (one < other ? -1 : 1)));
    const lock = { charts: sorted(charts), images: sorted(images), platform };
    fs.writeFileSync(file, `${JSON.stringify(lock, null, 4)}\n`);
}

/**
 * Compares a checksum with the one in the lock file. Undefined if they are the same, or if the lock file has none yet.
 *
 * @param what the chart or the image, for the sentence.
 */
export function lockMistake(what: string, checksum: string, locked: string | undefined): string | undefined {
    return locked === undefined || locked === checksum
        ? undefined
        : `${what} has the checksum ${checksum}, but the lock file has ${locked}`;
}
