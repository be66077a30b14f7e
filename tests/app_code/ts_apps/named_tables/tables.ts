export enum Table {
  Tasks = "tasks",
  Archive = "tasks_archive",
}
