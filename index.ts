import * as pulumi from "@pulumi/pulumi";
import { clearTextWarnings } from "./settings/clear-text";
import { loadSettings } from "./settings/load";
import { appliedAfter, refusedOutsidePlan } from "./settings/migration";
import { describeAnnounced, findMoves } from "./settings/moves";
import { warnings } from "./settings/warnings";
import { readLastDeployment } from "./stack/applied";
import { checkPreconditions } from "./stack/preconditions";
import { deploy } from "./stack/program";
import { shortenStackTraces } from "./stack/stack-traces";

/** The Pulumi program of a stack. */
export = async () => {
    shortenStackTraces();
    const settings = loadSettings();
    const project = pulumi.getProject();
    const last = await readLastDeployment();
    const moves = findMoves(last?.applied, settings);
    // If the last deployment is unknown, the objects in the namespace count as those of the stack.
    await checkPreconditions(
        settings,
        refusedOutsidePlan(moves.refused),
        last === undefined ? settings.namespace : last.namespace,
    );
    const found = [
        ...moves.announced.map((move) => describeAnnounced(move, `${project}:`)),
        ...warnings(settings),
        ...clearTextWarnings(project, pulumi.getStack()),
    ];
    for (const warning of found) {
        // Pulumi prints the warnings in order, and waits for them at the end of the program.
        void pulumi.log.warn(warning);
    }
    const outputs = deploy(settings);
    return { ...outputs, applied: appliedAfter(last?.applied, outputs.applied) };
};
