import type { ObjectRule, RuleText, StackRule } from "../rule";
import { archivedChart } from "./archived";
import { contractServices } from "./contract";
import { disruptionBudget } from "./disruption";
import { imageRegistry, imageTag } from "./images";
import { networkPolicy } from "./network";
import { nonRoot } from "./non-root";
import { resources } from "./resources";
import { minimumRetention } from "./retention";
import { plaintextSecret } from "./secrets";

/** Rules about single objects. With Pulumi, they run before an object is created or changed. */
export const objectRules: readonly ObjectRule[] = [
    resources,
    imageTag,
    imageRegistry,
    nonRoot,
    plaintextSecret,
    archivedChart,
    minimumRetention,
];

/** Rules about all objects of a stack. With Pulumi, they run at the end of a preview or an update. */
export const stackRules: readonly StackRule[] = [disruptionBudget, networkPolicy, contractServices];

/** Rules that need Pulumi: manifests contain neither the options of a resource nor the steps of a deployment. */
export const protectedData: RuleText = {
    name: "protected-data",
    description: "In the profile prod, the objects that hold data are protected from deletion and replacement.",
};
export const keepData: RuleText = {
    name: "keep-data",
    description: "No deployment deletes or replaces a StatefulSet, a claim or a volume.",
};
