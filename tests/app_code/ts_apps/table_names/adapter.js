export class Adapter {
  constructor(options) {
    this.pool = options.pool;
    this.schema = options.schema;
    this.prefix = options.prefix ?? "shop";
  }

  // A schema may stand before the name; the table is the same.
  named(table) {
    if (this.schema) {
      return `"${this.schema}"."${table}"`;
    }
    return table;
  }

  async place(customer, product) {
    const orders = this.named(`${this.prefix}_order`);
    const items = this.named(`${this.prefix}_orderitem`);
    const { rows } = await this.pool.query(
      `INSERT INTO ${orders} (customer_id, status) VALUES ($1, $2) RETURNING id`,
      [customer?.id, "new"],
    );
    await this.pool.query(
      `INSERT INTO ${items} (order_id, product_id, quantity)
       VALUES ($1, $2, $3)
       ON CONFLICT (id) DO UPDATE SET quantity = EXCLUDED.quantity`,
      [rows[0].id, product, 1],
    );
  }

  async clear(id) {
    await this.pool.query(`DELETE FROM ${this.named(`${this.prefix}_orderitem`)} WHERE order_id = $1`, [id]);
    const orders = this.named(`${this.prefix}_order`);
    await this.pool.query(`UPDATE ${orders} SET customer_id = $1 WHERE id = $2`, [null, id]);
  }
}
