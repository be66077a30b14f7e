from celery import shared_task
from django.db import connection, transaction

from shop.models import Customer, Order, OrderItem


@shared_task
def merge_customers(keep_id, drop_id):
    with transaction.atomic():
        Order.objects.filter(customer_id=drop_id).update(customer_id=keep_id)
        Customer.objects.filter(id=drop_id).delete()


@shared_task
def nightly(customer_id):
    with connection.cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO shop_order (customer_id, status, created_at)
            SELECT id, 'new', now() FROM shop_customer WHERE id = %s
            """,
            [customer_id],
        )
        cursor.execute("UPDATE shop_orderitem SET quantity = 0 WHERE order_id IN (SELECT id FROM shop_order)")
    orders = list(Order.objects.filter(status="x"))
    for o in orders:
        o.customer_id = customer_id
    Order.objects.bulk_update(orders, ["customer_id"])
