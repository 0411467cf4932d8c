import { containers, isUnder, parseImage } from "../objects";
import type { ObjectRule } from "../rule";

// A tag that names a version has a digit. Others, such as latest, stable or main, move.
const exactTag = /\d/;
const movingTag = /^(latest|stable|edge|nightly|main|master|dev|v?\d+)$/;

/** With an exact tag, all replicas run the same program, and a restart does not upgrade it. */
export const imageTag: ObjectRule = {
    name: "image-tag",
    description: "Every image has a digest or the tag of an exact version.",
    check: (object) =>
        containers(object).flatMap(({ name, image = "" }) => {
            const { tag, digest } = parseImage(image);
            if (digest !== undefined) {
                return /^sha256:[0-9a-f]{64}$/.test(digest)
                    ? []
                    : [
                          `container "${name}" has the image ${image}, whose digest is invalid. Set a digest of the form sha256: with 64 hexadecimal digits.`,
                      ];
            }
            if (tag !== undefined && exactTag.test(tag) && !movingTag.test(tag)) {
                return [];
            }
            const problem = tag === undefined ? "no tag" : `the tag "${tag}", which does not name an exact version`;
            return [
                `container "${name}" has the image ${image} with ${problem}. Set the tag of a version, such as 3.5.1, or a digest.`,
            ];
        }),
};

/** Images from other registries are neither mirrored nor scanned. */
export const imageRegistry: ObjectRule = {
    name: "image-registry",
    description: "Every image comes from an allowed registry.",
    check: (object, { allowedRegistries }) =>
        containers(object)
            .filter(({ image = "" }) => !allowedRegistries.some((registry) => isUnder(image, registry)))
            .map(
                ({ name, image }) =>
                    `container "${name}" has the image ${image}, which is not in an allowed registry (${allowedRegistries.join(", ")}). Copy it with \`npm run mirror\` and set observability:images.registry, or add its registry to observability:policy.allowedRegistries.`,
            ),
};
