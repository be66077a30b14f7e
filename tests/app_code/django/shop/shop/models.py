from django.conf import settings
from django.db import models


class TimeStamped(models.Model):
    placed_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        abstract = True


class Customer(models.Model):
    email = models.EmailField()


class Product(models.Model):
    title = models.CharField(max_length=200)


class Order(TimeStamped):
    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="orders")
    status = models.CharField(max_length=20, default="new")


class OrderItem(models.Model):
    order = models.ForeignKey("Order", on_delete=models.CASCADE, related_name="items")
    product = models.ForeignKey(Product, null=True, on_delete=models.SET_NULL)
    quantity = models.PositiveIntegerField(default=1)
