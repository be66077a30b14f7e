var auditTable;
var init_audit = lazy(() => {
  auditTable = pgTable("projects", {
    id: uuid("id").primaryKey(),
    teamId: uuid("team_id"),
    ownerId: uuid("owner_id"),
  });
});

export async function seed(db, team, owner) {
  init_audit();
  await db.insert(auditTable).values({ id: team.key, teamId: team.id, ownerId: owner?.id });
}
