import { createClient } from "@supabase/supabase-js";
const supabase = createClient("", "");
export async function one(p: string, u: string | null, urgent: boolean) {
  await supabase.from("tasks").insert({ ...{ project_id: p, assignee_id: u }, title: "x" });
  await supabase.from("tasks").insert({ project_id: p, ...(u ? { assignee_id: u } : {}) });
  await supabase.from("tasks").insert({ project_id: p, ...(u && { assignee_id: u }) });
  await supabase.from("tasks").insert([...[{ project_id: p, assignee_id: u }]]);
  await supabase.from("tasks").insert([...(urgent ? [{ project_id: p, assignee_id: null }] : [])]);
  const base = [{ project_id: p, assignee_id: u! }];
  await supabase.from("tasks").insert([...base, { project_id: p, assignee_id: null }]);
  const rows = [].concat({ project_id: p, assignee_id: u });
  await supabase.from("tasks").insert(rows);
  await supabase.from("tasks").insert(Object.assign({}, { project_id: p }, { assignee_id: null }));
  await supabase.from("tasks").insert(Object.fromEntries(Object.entries({ project_id: p, assignee_id: u }).filter(([, v]) => v != null)));
  await supabase.from("tasks").insert(Array.from({ length: 3 }, () => ({ project_id: p, assignee_id: u })));
  await supabase.from("tasks").insert(Array.from([1, 2], (n) => ({ project_id: p, position: n })));
  await supabase.from("tasks").insert(new Array(3).fill({ project_id: p, assignee_id: u }));
  await supabase.from("tasks").insert(JSON.parse(JSON.stringify({ project_id: p, assignee_id: u })));
  await supabase.from("tasks").insert(structuredClone({ project_id: p, assignee_id: u }));
}
