import csv

from django.core.management.base import BaseCommand

from shop.models import Order, OrderItem, Product


class Command(BaseCommand):
    def handle(self, *args, **options):
        with open(options["path"]) as f:
            for row in csv.DictReader(f):
                product = Product.objects.filter(title=row["product"]).first()
                order, _ = Order.objects.update_or_create(id=row["id"], defaults={"customer_id": row["customer"], "status": "new"})
                OrderItem.objects.create(order_id=order.id, product=product)
