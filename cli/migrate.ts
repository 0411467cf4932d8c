import { Command } from "commander";
import { clusterOf } from "./cluster/stack-cluster";
import { confirm } from "./confirm";
import { evaluateStack, stackHelp } from "./evaluate";
import { appliedOf } from "./migrate/applied";
import { describePlan, settingsText } from "./migrate/describe";
import type { Change, MigrateOptions, Plan } from "./migrate/plan";
import { listPlans, planOf } from "./migrate/plans";
import { deleteRecord, MigrationRecord, refusal } from "./migrate/record";
import { runPlan } from "./migrate/run-plan";
import { contextHelp, verboseHelp, yesHelp } from "./options";
import { run, start } from "./run";
import { pulumiHint } from "./up/backend";
import { openStack, whereDeployed } from "./up/open-stack";

interface Options extends MigrateOptions {
    context?: string;
    dryRun?: boolean;
    abort?: boolean;
    verbose?: boolean;
}

export const command = new Command("migrate")
    .description(
        "Moves a deployed stack to settings that `npm run up` refuses, because they would lose data or interrupt the stack. " +
            "First write the new settings to the stack file. A run that was interrupted continues where it was. " +
            `Without a plan, it lists the plans.\n\nPlans:\n${listPlans()}`,
    )
    .argument("[plan]", "name of the plan")
    .argument("[stack]", stackHelp(), "dev")
    .option("--context <name>", contextHelp)
    .option("--dry-run", "print what the plan would do, and change nothing")
    .option("--yes", yesHelp)
    .option("--abort", "give up a migration that was interrupted: start what it has stopped, and delete its progress")
    .option(
        "--copy-secret <name>",
        "Secret with AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY for the copy (default: the keys of objectStore)",
    )
    .option("--verbose", verboseHelp)
    .action((plan: string | undefined, stack: string, options: Options) =>
        run(() => migrate(plan, stack, options), options),
    );

async function migrate(name: string | undefined, stackName: string, options: Options): Promise<void> {
    if (name === undefined) {
        console.log(
            `Plans:\n${listPlans()}\n\n\`npm run migrate -- PLAN STACK --dry-run\` prints what a plan does for a stack.`,
        );
        return;
    }
    const plan = planOf(name);
    const evaluation = await evaluateStack(stackName);
    const { settings } = evaluation;
    const cluster = clusterOf(stackName, settings, options.context);
    const opened = await openStack(evaluation);
    const deployedTo = await whereDeployed(cluster, opened.state);
    if (deployedTo !== "this cluster") {
        const where = deployedTo === "another cluster" ? " to this cluster, but to a different one" : "";
        throw new Error(
            `stack ${stackName} is not deployed${where}; a migration needs a deployed stack. Context: "${cluster.context}" (${cluster.server})${pulumiHint(opened.backend)}`,
        );
    }
    const applied = appliedOf(opened.state);
    if (applied === undefined) {
        throw new Error(
            `the settings with which stack ${stackName} was deployed are unknown, because its last deployment failed or is older than this version; set the old settings again, and deploy them with \`npm run up -- ${stackName}\``,
        );
    }
    const change: Change = { stack: stackName, applied, settings };
    const progress = await MigrationRecord.read(cluster, applied.namespace);
    const refused = refusal(progress, plan.name, stackName, Date.now());
    if (refused !== undefined) {
        throw new Error(refused);
    }
    // After the switch, the deployed settings are those of the stack file, so that the plan would not fit any more.
    const misfit = progress === undefined ? plan.misfit(change, options) : undefined;
    if (misfit !== undefined) {
        throw new Error(`plan ${plan.name} does not fit stack ${stackName}: ${misfit}`);
    }
    const context = { ...change, cluster, evaluation, opened, options };
    if (options.abort) {
        if (progress === undefined) {
            throw new Error(`no migration of stack ${stackName} is in progress`);
        }
        await plan.abort?.({ ...context, onProgress: () => undefined }, Object.keys(progress.done));
        await deleteRecord(cluster, applied.namespace);
        console.log(
            `The migration ${plan.name} was given up. Set the settings in Pulumi.${stackName}.yaml back, and deploy them with \`npm run up -- ${stackName}\`.`,
        );
        return;
    }
    console.log(`Stack:      ${stackName}`);
    console.log(`Cluster:    context "${cluster.context}" (${cluster.server})`);
    console.log(`Namespace:  ${applied.namespace}\n`);
    console.log(describePlan(plan, change, options, progress));
    printProcedure(plan, change);
    if (options.dryRun || plan.steps.length === 0) {
        return;
    }
    const question = progress === undefined ? "\nStart this migration?" : "\nContinue this migration?";
    if (!(await confirm(question, options.yes))) {
        throw new Error("the migration was not confirmed; nothing was changed");
    }
    await runPlan(plan, context);
    printEnd(plan, change);
}

function printProcedure({ procedure }: Plan, change: Change): void {
    if (procedure !== undefined) {
        console.log(`\nRun these commands:\n${procedure(change).join("\n")}`);
    }
}

function printEnd(plan: Plan, change: Change): void {
    console.log(`\nThe migration ${plan.name} is complete. Commit these settings in Pulumi.${change.stack}.yaml:\n`);
    console.log(settingsText(plan.commit(change)));
    const rest = plan.afterwards?.(change) ?? [];
    if (rest.length > 0) {
        console.log(`\nNext steps:${rest.map((step) => `\n  - ${step}`).join("")}`);
    }
    console.log(`\nCheck the stack:\n  npm run verify -- ${change.stack}`);
}

start(command, module);
