import type { KubernetesObject } from "../manifests";
import { workloads } from "../workloads";
import { type Finding, findings } from "./finding";

/** An image of a container. */
export interface ContainerImage {
    /** Kind and name of the workload. */
    workload: string;
    container: string;
    /** The image without its tag and digest. */
    repository: string;
    /** The tag, or the digest of an image without a tag. */
    tag: string;
}

/** A container whose image differs between two renderings. */
export interface ImageChange {
    workload: string;
    container: string;
    from: string;
    to: string;
}

/** The images of all containers, including init containers. */
export function imagesOf(objects: KubernetesObject[]): ContainerImage[] {
    return workloads(objects).flatMap(({ kind, name, pod }) =>
        [...(pod.initContainers ?? []), ...pod.containers].map(({ name: container, image }) => ({
            workload: `${kind} ${name}`,
            container,
            ...parseImage(image),
        })),
    );
}

/** Splits the name of an image. The part behind the last colon is a tag only if it contains no slash. */
export function parseImage(image: string): { repository: string; tag: string } {
    const [name = "", digest] = image.split("@");
    const [, repository = name, tag] = /^(.+):([^:/]+)$/.exec(name) ?? [];
    return { repository, tag: tag ?? digest ?? "latest" };
}

/** The containers whose image changes. */
export function imageChanges(before: KubernetesObject[], after: KubernetesObject[]): ImageChange[] {
    const id = ({ workload, container }: ContainerImage) => `${workload} ${container}`;
    const text = ({ repository, tag }: ContainerImage) => `${repository}${tag.includes(":") ? "@" : ":"}${tag}`;
    const old = new Map(imagesOf(before).map((image) => [id(image), image]));
    return imagesOf(after).flatMap((image) => {
        const from = old.get(id(image));
        return from === undefined || text(from) === text(image)
            ? []
            : [{ workload: image.workload, container: image.container, from: text(from), to: text(image) }];
    });
}

/** A sentence for each image that changes. */
export function imageFindings(changes: ImageChange[]): Finding[] {
    return findings(
        "images",
        "note",
        changes.map(
            ({ workload, container, from, to }) =>
                `${workload}, container ${container}: the image changes from ${from} to ${to}.`,
        ),
    );
}
