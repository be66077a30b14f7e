// A column that only one way adds may be left out.
export async function add(client, project, who) {
  const columns = ["project_id", "title"];
  const values = [project, "x"];
  if (who) {
    columns.push("assignee_id");
    values.push(who);
  }
  const places = values.map((_, i) => `$${i + 1}`);
  await client.query(`INSERT INTO tasks (${columns.join(", ")}) VALUES (${places.join(", ")})`, values);
}

export async function addFrom(client, body) {
  const columns = ["project_id"];
  const values = [body.project];
  for (const field of ["title", "assignee_id"]) {
    if (body[field] !== undefined) {
      columns.push(field);
      values.push(body[field]);
    }
  }
  const places = values.map((_, i) => `$${i + 1}`);
  await client.query(`INSERT INTO tasks (${columns.join(", ")}) VALUES (${places.join(", ")})`, values);
}

export async function addAll(client, task, author) {
  const columns = ["task_id"];
  const values = [task];
  columns.push("author_id", "body");
  values.push(author?.id, "seen");
  const places = values.map((_, i) => `$${i + 1}`);
  await client.query(`INSERT INTO comments (${columns.join(", ")}) VALUES (${places.join(", ")})`, values);
}

// None of the fields that may be changed is a key.
export async function change(client, id, body) {
  const allowed = ["title", "status"];
  const sets = [];
  const values = [];
  for (const field of allowed) {
    if (body[field] !== undefined) {
      sets.push(`"${field}" = $${values.length + 1}`);
      values.push(body[field]);
    }
  }
  values.push(id);
  await client.query(`UPDATE tasks SET ${sets.join(", ")} WHERE id = $${values.length}`, values);
}
