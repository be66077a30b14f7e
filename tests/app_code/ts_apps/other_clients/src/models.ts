import Anthropic from "@anthropic-ai/sdk";
import OpenAI from "openai";

const client = new Anthropic();
const openai = new OpenAI();

// None of these is a table, though each is called like one.
export async function answer(text: string) {
  await client.comments.create({ model: "m", messages: [{ role: "user", content: text }] });
  await openai.tasks.create({ input: text });
  await client.projects.update({ id: text });
  await openai.beta.comments.create(text, { role: "user", content: text });
  return client.tasks.delete(text);
}

export class Runtime {
  private client: OpenAI;

  constructor(options: { apiKey: string }) {
    this.client = new OpenAI(options);
  }

  async embed(text: string) {
    return this.client.tasks.create({ data: { title: text } });
  }
}
