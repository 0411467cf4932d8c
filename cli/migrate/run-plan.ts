import { confirm } from "../confirm";
import { withProgress } from "../tasks";
import { describeProgress } from "./describe";
import type { Plan, Step, StepContext } from "./plan";
import { MigrationRecord } from "./record";

/**
 * Runs the steps of a plan that are not done yet, and records each one.
 *
 * @throws Error if another run is active, a question is not confirmed, or a step fails. The next run continues at this step.
 */
export async function runPlan(plan: Plan, context: Omit<StepContext, "record" | "onProgress">): Promise<void> {
    const { cluster, applied, stack } = context;
    const record = await MigrationRecord.open(cluster, applied.namespace, plan.name, stack);
    if (Object.keys(record.progress.done).length > 0) {
        console.log(describeProgress(plan, record.progress));
    }
    try {
        for (const [index, step] of plan.steps.entries()) {
            if (!record.isDone(step.id)) {
                await runStep(plan, step, `[${index + 1}/${plan.steps.length}] ${step.title}`, { ...context, record });
            }
        }
    } catch (error) {
        await record.close().catch(() => undefined);
        throw error;
    }
    await record.delete();
}

async function runStep(plan: Plan, step: Step, title: string, context: Omit<StepContext, "onProgress">): Promise<void> {
    const { options, record, stack } = context;
    const question = step.question?.(context);
    if (question !== undefined && !(await confirm(question, options.yes))) {
        throw new Error(
            `the step "${step.title}" was not confirmed: ${step.declined ?? "the next run continues here"} (\`npm run migrate -- ${plan.name} ${stack}\`)`,
        );
    }
    const run = async (onProgress: (text: string) => void) => {
        record.check();
        await step.run({ ...context, onProgress });
        await record.complete(step.id);
    };
    if (step.ownProgress) {
        console.log(title);
        await run(() => undefined);
        return;
    }
    await withProgress(title, run);
}
