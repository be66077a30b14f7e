from django.conf import settings
from django.db import models


class Customer(models.Model):
    email = models.EmailField()


class Product(models.Model):
    title = models.CharField(max_length=200)


class Order(models.Model):
    class Status(models.TextChoices):
        NEW = "new"

    customer = models.ForeignKey(Customer, null=True, on_delete=models.SET_NULL, related_name="orders")
    status = models.CharField(max_length=20, default=Status.NEW)

    class Meta:
        ordering = ["-id"]


class OrderItem(models.Model):
    order = models.ForeignKey(Order, related_name="items", on_delete=models.CASCADE)
    product = models.ForeignKey("shop.Product", on_delete=models.PROTECT)
    quantity = models.PositiveIntegerField(default=1)
