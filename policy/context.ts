import { defaultImages } from "../components/helm/images";
import type { Settings } from "../settings/resolve";
import { defaultExemptions } from "./exemptions";
import { parseImage } from "./objects";
import type { PolicyContext } from "./rule";

/** The registries of the images that the charts use by default. */
const chartRegistries = [...new Set(Object.values(defaultImages).map((image) => parseImage(image).registry))].sort();

/** What the settings of a stack say about the rules. */
export function policyContext({ profile, images, policy }: Settings): PolicyContext {
    return {
        profile,
        allowedRegistries:
            policy.allowedRegistries ?? (images.registry === undefined ? chartRegistries : [images.registry]),
        minimumRetention: policy.minimumRetention,
        exemptions: [...defaultExemptions, ...policy.exemptions],
    };
}
