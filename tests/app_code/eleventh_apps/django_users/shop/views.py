from django.contrib.auth import get_user_model

from .forms import OrderForm
from .models import Order, OrderItem

User = get_user_model()


def remove_user(request, pk):
    user = User.objects.get(pk=pk)
    user.delete()


def purge(days):
    users = User.objects.filter(last_login=None)
    users.delete()


def new_order(request):
    form = OrderForm(request.user, request.POST)
    if form.is_valid():
        form.save()


def _add(model, extra=None, **kwargs):
    extra = extra or {}
    if model.objects.filter(**kwargs).exists():
        return
    model.objects.create(**kwargs, **extra)


def fill(order, product):
    _add(OrderItem, order=order, product=product)
    _add(Order, customer=order.customer, extra={"status": "new"})


def _drop(request, item, note):
    if note:
        item.delete()


def drop(request, pk):
    item = OrderItem.objects.get(pk=pk)
    _drop(request, item, "x")


def attach(order, pks):
    items = OrderItem.objects.filter(pk__in=pks)
    first = items.first()
    if first:
        items.update(order=order)


def empty(order):
    items = OrderItem.objects.filter(order=order)
    items.update(product=None)
