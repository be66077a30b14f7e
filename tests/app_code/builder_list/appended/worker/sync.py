def sync(client, project, items, users):
    rows = []
    for item in items:
        assignee = users.get(item["email"])
        if not assignee:
            continue
        rows.append({"project_id": project["id"], "assignee_id": assignee, "title": item["title"]})
    if rows:
        client.table("tasks").insert(rows).execute()

    batch = [{"task_id": i["task_id"], "author_id": users.get(i["email"]), "body": i["text"]} for i in items]
    client.table("comments").upsert(batch).execute()

    entries = []
    for item in items:
        entry = {"task_id": item["task_id"], "body": item["text"]}
        entry["author_id"] = item["author"]["id"]
        entries.append(entry)
    for start in range(0, len(entries), 100):
        client.table("comments").insert(entries[start : start + 100]).execute()
