import * as fs from "fs";
import * as path from "path";
import { fileDigest } from "./charts";

/** A folder below images/ for an image, as an OCI image layout. */
export function layoutFolder(image: string): string {
    return path.join("images", ...image.replace(/[:@]/g, "_").split("/"));
}

interface Descriptor {
    digest: string;
    mediaType?: string;
}

interface Manifest {
    manifests?: Descriptor[];
    config?: Descriptor;
    layers?: Descriptor[];
}

/**
 * Checks that an OCI image layout contains exactly one image with a digest, completely and with correct checksums.
 *
 * @returns what is wrong, or undefined.
 */
export async function layoutMistake(folder: string, digest: string): Promise<string | undefined> {
    const index = readManifest(path.join(folder, "index.json"));
    if (index === undefined) {
        return "is missing";
    }
    const found = index.manifests?.map((manifest) => manifest.digest) ?? [];
    if (found.length !== 1 || found[0] !== digest) {
        return `has the digest ${found.join(", ") || "of no image"}, but the lock file has ${digest}`;
    }
    const seen = new Set<string>();
    const check = async (next: string): Promise<string | undefined> => {
        if (seen.has(next)) {
            return undefined;
        }
        seen.add(next);
        const file = path.join(folder, "blobs", ...next.split(":"));
        if (!fs.existsSync(file)) {
            return `is incomplete: the blob ${next} is missing`;
        }
        if ((await fileDigest(file)) !== next) {
            return `is corrupted: the blob ${next} has another checksum`;
        }
        const { manifests = [], config, layers = [] } = isSmall(file) ? (readManifest(file) ?? {}) : {};
        for (const child of [...manifests, ...(config ? [config] : []), ...layers]) {
            const mistake = await check(child.digest);
            if (mistake !== undefined) {
                return mistake;
            }
        }
        return undefined;
    };
    return check(digest);
}

/** Manifests have at most 4 MiB, the limit of registries. */
function isSmall(file: string): boolean {
    return fs.statSync(file).size <= 4 * 2 ** 20;
}

function readManifest(file: string): Manifest | undefined {
    try {
        const manifest = JSON.parse(fs.readFileSync(file, "utf8")) as Manifest | null;
        return manifest !== null && typeof manifest === "object" ? manifest : undefined;
    } catch {
        return undefined;
    }
}
