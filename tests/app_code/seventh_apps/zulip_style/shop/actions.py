from django.db import connection, transaction
from django.utils.timezone import now as timezone_now
from psycopg2.extras import execute_values
from psycopg2.sql import SQL

from shop.models import Purchase, PurchaseLine, ShopCustomer


def bulk_lines(purchase_id: int, product_ids: set[int]) -> None:
    lines = []
    for product_id in product_ids:
        line = PurchaseLine(purchase_id=purchase_id, product_id=product_id)
        lines.append(line)
    PurchaseLine.objects.bulk_create(lines)


def raw_lines(values: list[tuple[int, int]]) -> None:
    query = SQL(
        """
        INSERT INTO shop_orderitem (order_id, product_id)
        VALUES %s
        ON CONFLICT DO NOTHING
        """
    )
    with connection.cursor() as cursor:
        execute_values(cursor.cursor, query, values)


@transaction.atomic(durable=True)
def do_purchase(customer: ShopCustomer, *, status: str | None = None) -> Purchase:
    purchase, created = Purchase.objects.get_or_create(
        customer=customer, defaults={"status": status or "new"}
    )
    PurchaseLine.objects.update_or_create(
        purchase=purchase, defaults=dict(quantity=2)
    )
    purchase.purchaseline_set.create(product_id=None)
    return purchase


def copy_lines(source: Purchase, target: Purchase) -> None:
    PurchaseLine.objects.bulk_create(
        PurchaseLine(purchase=target, product_id=line.product_id, quantity=line.quantity)
        for line in PurchaseLine.objects.filter(purchase=source)
    )
    source.delete()
