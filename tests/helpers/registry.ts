import { createHash } from "crypto";
import * as http from "http";
import type { AddressInfo } from "net";

/** A container registry on the loopback interface: the part of the OCI distribution protocol that crane and helm use. */
export class Registry {
    private readonly blobs = new Map<string, Buffer>();
    private readonly uploads = new Map<string, Buffer>();
    /** Manifests by "REPOSITORY:TAG" and "REPOSITORY@DIGEST". */
    readonly manifests = new Map<string, { body: Buffer; type: string }>();
    private readonly server = http.createServer((request, response) => void this.answer(request, response));

    static async start(): Promise<Registry> {
        const registry = new Registry();
        await new Promise<void>((resolve) => registry.server.listen(0, "127.0.0.1", resolve));
        return registry;
    }

    get address(): string {
        return `localhost:${(this.server.address() as AddressInfo).port}`;
    }

    stop(): void {
        this.server.closeAllConnections();
        this.server.close();
    }

    /** Adds an image for two platforms. @returns the digest of its index. */
    addImage(repository: string, tag: string, content: string): string {
        const manifests = ["amd64", "arm64"].map((architecture) => {
            const layer = this.addBlob(Buffer.from(`${content} ${architecture}`));
            const config = this.addBlob(
                Buffer.from(
                    JSON.stringify({ architecture, os: "linux", rootfs: { type: "layers", diff_ids: [layer.digest] } }),
                ),
            );
            const manifest = {
                schemaVersion: 2,
                mediaType: "application/vnd.oci.image.manifest.v1+json",
                config: { mediaType: "application/vnd.oci.image.config.v1+json", ...config },
                layers: [{ mediaType: "application/vnd.oci.image.layer.v1.tar", ...layer }],
            };
            const stored = this.addManifest(repository, undefined, manifest);
            return { mediaType: manifest.mediaType, ...stored, platform: { architecture, os: "linux" } };
        });
        const index = { schemaVersion: 2, mediaType: "application/vnd.oci.image.index.v1+json", manifests };
        return this.addManifest(repository, tag, index).digest;
    }

    /** The digests of an image by tag. Undefined if the registry does not have it. */
    digest(name: string): string | undefined {
        const found = this.manifests.get(name);
        return found && digestOf(found.body);
    }

    private addBlob(body: Buffer) {
        const digest = digestOf(body);
        this.blobs.set(digest, body);
        return { digest, size: body.length };
    }

    private addManifest(repository: string, tag: string | undefined, manifest: { mediaType: string }) {
        const body = Buffer.from(JSON.stringify(manifest));
        this.store(repository, tag ?? digestOf(body), body, manifest.mediaType);
        return { digest: digestOf(body), size: body.length };
    }

    private store(repository: string, reference: string, body: Buffer, type: string): void {
        this.manifests.set(`${repository}@${digestOf(body)}`, { body, type });
        if (!reference.startsWith("sha256:")) {
            this.manifests.set(`${repository}:${reference}`, { body, type });
        }
    }

    private async answer(request: http.IncomingMessage, response: http.ServerResponse): Promise<void> {
        const { pathname, searchParams } = new URL(request.url ?? "", "http://localhost");
        const [, repository = "", kind, reference = ""] = /^\/v2\/(.+)\/(manifests|blobs)\/(.*)$/.exec(pathname) ?? [];
        const chunks: Buffer[] = [];
        for await (const chunk of request) {
            chunks.push(chunk as Buffer);
        }
        const body = Buffer.concat(chunks);
        const end = (status: number, headers: http.OutgoingHttpHeaders = {}, content?: Buffer) =>
            response.writeHead(status, headers).end(request.method === "HEAD" ? undefined : content);
        if (pathname === "/v2/") {
            end(200);
        } else if (kind === "manifests" && request.method === "PUT") {
            this.store(repository, reference, body, request.headers["content-type"] ?? "");
            end(201, { "docker-content-digest": digestOf(body), location: pathname });
        } else if (kind === "manifests") {
            const found = this.manifests.get(`${repository}${reference.startsWith("sha256:") ? "@" : ":"}${reference}`);
            const unknown = Buffer.from('{"errors":[{"code":"MANIFEST_UNKNOWN","message":"manifest unknown"}]}');
            if (found === undefined) {
                end(404, { "content-type": "application/json" }, unknown);
            } else {
                const digest = digestOf(found.body);
                end(
                    200,
                    {
                        "content-type": found.type,
                        "content-length": found.body.length,
                        "docker-content-digest": digest,
                    },
                    found.body,
                );
            }
        } else if (reference.startsWith("uploads")) {
            const digest = searchParams.get("digest");
            const upload = `/v2/${repository}/blobs/uploads/${this.uploads.size}`;
            if (request.method === "POST" && digest === null) {
                this.uploads.set(upload, Buffer.alloc(0));
                end(202, { location: upload, range: "0-0" });
            } else {
                const all = Buffer.concat([this.uploads.get(pathname) ?? Buffer.alloc(0), body]);
                this.uploads.set(pathname, all);
                if (request.method === "PATCH") {
                    end(202, { location: pathname, range: `0-${Math.max(0, all.length - 1)}` });
                } else {
                    this.addBlob(all);
                    end(201, { location: `/v2/${repository}/blobs/${digest}`, "docker-content-digest": digest ?? "" });
                }
            }
        } else {
            const found = this.blobs.get(reference);
            end(
                found === undefined ? 404 : 200,
                { "content-length": found?.length ?? 0, "content-type": "application/octet-stream" },
                found,
            );
        }
    }
}

function digestOf(body: Buffer): string {
    return `sha256:${createHash("sha256").update(body).digest("hex")}`;
}
