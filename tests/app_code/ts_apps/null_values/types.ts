export type Maybe<T> = T | null;
export type InputMaybe<T> = Maybe<T>;
export interface NewTask {
  title: string;
  project: string;
  assignee: InputMaybe<string>;
}
