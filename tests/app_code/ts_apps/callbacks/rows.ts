import { createClient } from "@supabase/supabase-js";

const supabase = createClient("", "");
export async function a(items: { p: string; u?: string }[], user: string) {
  const rows = [];
  items.forEach((i) => { rows.push({ project_id: i.p, assignee_id: i.u }); });
  await supabase.from("tasks").insert(rows);
}
export async function b(items: { p: string; u?: string }[], db: any) {
  const rows: any[] = [];
  for (const i of items) rows.push({ project_id: i.p, assignee_id: i.u });
  await db.transaction(async (trx) => {
    await trx("tasks").insert(rows);
  });
}
export async function c(p: string, u: string, db: any, x: boolean) {
  const row: Record<string, string | null> = { project_id: p, assignee_id: u };
  if (x) row.assignee_id = null;
  await db.transaction(async (trx) => {
    await trx("tasks").insert(row);
  });
}
export async function d(p: string, u: string, db: any) {
  const row: Record<string, string> = { project_id: p };
  if (u) row.assignee_id = u;
  await db.transaction(async (trx) => {
    await trx("tasks").insert(row);
  });
}
export async function e(p: string, u: string, db: any) {
  const row: Record<string, string> = { project_id: p };
  row.assignee_id = u;
  await db.transaction(async (trx) => {
    await trx("tasks").insert(row);
  });
}
export async function f(p: string, u: string | null, db: any) {
  let assignee = u;
  if (!assignee) assignee = "6c2f5a1e-0d55-4f5e-9a43-3f1f0e6a7b21";
  await db.transaction(async (trx) => {
    await trx("tasks").insert({ project_id: p, assignee_id: assignee });
  });
}
export async function g(p: string, u: string | null, db: any) {
  const values = [];
  await Promise.all(["a"].map(async (t) => { values.push({ project_id: p, assignee_id: u }); }));
  await db("tasks").insert(values);
  const out = ["a"].reduce((acc, t) => { acc.push({ project_id: p, assignee_id: u }); return acc; }, []);
  await db("tasks").insert(out);
  const spread = ["a"].reduce((acc, t) => [...acc, { project_id: p, assignee_id: u }], []);
  await db("tasks").insert(spread);
}
