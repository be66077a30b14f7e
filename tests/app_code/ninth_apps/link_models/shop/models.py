from django.conf import settings
from django.db import models


class Link(models.Model):
    quantity = models.IntegerField(default=1)

    class Meta:
        abstract = True

    @classmethod
    def create(cls, order, product):
        link, _ = cls.objects.get_or_create(order=order, product=product)
        return link


class Order(models.Model):
    customer = models.ForeignKey(
        settings.CUSTOMER_MODEL, on_delete=models.CASCADE, related_name="all_orders"
    )
    status = models.TextField(default="new")
    notes = models.JSONField(default=dict)


class Product(models.Model):
    title = models.TextField()


class OrderItem(Link):
    order = models.ForeignKey(Order, on_delete=models.CASCADE, related_name="notes_of")
    product = models.ForeignKey(Product, null=True, on_delete=models.SET_NULL, related_name="meta")


class Customer(models.Model):
    email = models.TextField()
